/**
 * Runs snippets in Node, in worker threads with limits on memory and on time. What runs is the script that browsers load, in
 * a context with nothing but the language around it, so that both give the same.
 */
import { availableParallelism } from 'node:os';
import { join } from 'node:path';
import { Worker } from 'node:worker_threads';
import { readAnswer } from './answer.ts';
import { libraryScript } from './bundle.ts';
import { ended, WALL_CLOCK } from './limits.ts';
import type { Answer, Job } from './protocol.ts';
import type { Compiled, RunResult } from './types.ts';

/** Heap of one worker thread in MiB: above the budget that limits.ts counts, so that the count comes first. */
const HEAP = 1024;

/** Milliseconds after which a run is ended even if its thread has not had its share of the processor. */
const STARVED = 60_000;

interface Task {
  readonly job: Job;
  readonly resolve: (answer: Answer) => void;
}

function outside(kind: 'time' | 'memory' | 'sandbox', message?: string): Answer {
  const result = ended(kind);
  const told = message === undefined ? result : { ...result, error: { kind, message } };
  return { result: told, arrows: [], disagreements: [] };
}

/** One worker thread: takes a job, answers, takes the next. Lost after a job that ran out of time or memory. */
class Thread {
  private readonly worker: Worker;
  private task: Task | undefined;
  private clock: NodeJS.Timeout | undefined;
  private readonly free: (thread: Thread, lost: boolean) => void;

  constructor(library: string, free: (thread: Thread, lost: boolean) => void) {
    this.free = free;
    this.worker = new Worker(join(import.meta.dirname, 'nodeWorker.ts'), {
      workerData: { library },
      resourceLimits: { maxOldGenerationSizeMb: HEAP },
      stdout: true,
      stderr: true,
    });
    this.worker.on('message', (text: string) => this.finish(readAnswer(text) ?? outside('sandbox'), false));
    this.worker.on('error', (error: Error & { code?: string }) => {
      const memory = error.code === 'ERR_WORKER_OUT_OF_MEMORY';
      // Anything else is a fault of the library or of the engine, which its developer wants to see.
      this.finish(memory ? outside('memory') : outside('sandbox', error.message), true);
    });
  }

  give(task: Task): void {
    this.task = task;
    // A thread that waits must not keep the process alive; one that works must.
    this.worker.ref();
    this.worker.postMessage(task.job);
    void this.watch(task);
  }

  /** Milliseconds of processor time that the thread has used. Endless for one that is gone. */
  private async used(): Promise<number> {
    try {
      const { user, system } = await this.worker.cpuUsage();
      return (user + system) / 1000;
    } catch {
      return Number.POSITIVE_INFINITY;
    }
  }

  /** Ends a task that has used up its time: that of its own thread, so that other work on the machine ends nothing. */
  private async watch(task: Task): Promise<void> {
    const begin = performance.now();
    const before = await this.used();
    while (this.task === task && performance.now() - begin < STARVED) {
      await new Promise((resolve) => {
        this.clock = setTimeout(resolve, WALL_CLOCK / 10);
      });
      if (this.task === task && (await this.used()) - before >= WALL_CLOCK) break;
    }
    if (this.task === task) this.finish(outside('time'), true);
  }

  async end(): Promise<void> {
    await this.worker.terminate();
  }

  private finish(answer: Answer, lost: boolean): void {
    const { task } = this;
    if (!task) return;
    this.task = undefined;
    clearTimeout(this.clock);
    this.worker.unref();
    if (lost) void this.end();
    task.resolve(answer);
    this.free(this, lost);
  }
}

/** A few worker threads that take jobs from one queue. Close it when all is done. */
export class Runner {
  private readonly library: string;
  private readonly most: number;
  private readonly queue: Task[] = [];
  private readonly waiting: Thread[] = [];
  private readonly all = new Set<Thread>();

  constructor(library: string, most: number = availableParallelism()) {
    this.library = library;
    this.most = most;
  }

  /** Runs a job. Never rejects: whatever happens is in the result. */
  run(job: Job): Promise<Answer> {
    return new Promise((resolve) => {
      this.queue.push({ job, resolve });
      this.next();
    });
  }

  async close(): Promise<void> {
    await Promise.all([...this.all].map((thread) => thread.end()));
  }

  private next(): void {
    if (this.queue.length === 0) return;
    const thread = this.waiting.pop() ?? (this.all.size < this.most ? this.spawn() : undefined);
    const task = thread && this.queue.shift();
    if (thread && task) thread.give(task);
  }

  private spawn(): Thread {
    const thread = new Thread(this.library, (freed, lost) => {
      if (lost) this.all.delete(freed);
      else this.waiting.push(freed);
      this.next();
    });
    this.all.add(thread);
    return thread;
  }
}

let shared: Promise<Runner> | undefined;

/** Runs one compiled snippet. The threads are shared and do not keep the process alive. */
export async function runInNode(compiled: Compiled): Promise<RunResult> {
  shared ??= libraryScript().then((library) => new Runner(library));
  const answer = await (await shared).run({ kind: 'compiled', compiled });
  return answer.result;
}
