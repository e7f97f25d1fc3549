/**
 * `node FILE` has to exit 0 for every snippet: a worker thread imports each file as it is, with Node's own type stripping.
 * This says which of them fail.
 */
import { join } from 'node:path';
import { pathToFileURL } from 'node:url';
import { isMainThread, parentPort, Worker, workerData } from 'node:worker_threads';
import type { Problem } from './files.ts';

interface Work {
  readonly root: string;
  readonly files: readonly string[];
}

/** Milliseconds for all files together: what takes longer does not end. */
const CLOCK = 30_000;

async function importAll({ root, files }: Work): Promise<void> {
  for (const method of ['log', 'info', 'warn', 'error', 'debug'] as const) console[method] = () => undefined;
  for (const file of files) {
    parentPort?.postMessage({ begins: file });
    try {
      await import(pathToFileURL(join(root, file)).href);
    } catch (error) {
      parentPort?.postMessage({ file, line: 1, message: `node ${file} does not exit 0: ${error}` });
    }
  }
  parentPort?.postMessage('end');
}

/** Imports each file (paths below the root) in plain Node. */
export function importPlainly(root: string, files: readonly string[]): Promise<Problem[]> {
  return new Promise((resolve, reject) => {
    const problems: Problem[] = [];
    let current = '';
    const worker = new Worker(new URL(import.meta.url), { workerData: { root, files } satisfies Work });
    const finish = (): void => {
      clearTimeout(clock);
      void worker.terminate();
      resolve(problems);
    };
    const clock = setTimeout(() => {
      problems.push({ file: current, line: 1, message: `node ${current} does not end.` });
      finish();
    }, CLOCK);
    worker.on('message', (message: Problem | { begins: string } | 'end') => {
      if (message === 'end') finish();
      else if ('begins' in message) current = message.begins;
      else problems.push(message);
    });
    worker.on('error', reject);
  });
}

if (!isMainThread && parentPort && (workerData as Partial<Work> | null)?.files) await importAll(workerData as Work);
