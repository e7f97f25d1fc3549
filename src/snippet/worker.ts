/**
 * The end of the library script: takes one job, runs it, answers with one string. In the sandbox's worker the job comes
 * as a message with a port; in a context of a Node worker the script leaves a function behind that Node calls.
 *
 * Whatever can send, evaluate or put text together is taken before code of the snippet runs. That code never sees the
 * port, and its realm has no `postMessage` any more, so it can neither flood the page nor forge an end.
 */
import { compare } from './arrows.ts';
import type { compile } from './compile.ts';
import type { Engine, Library } from './engine.ts';
import { execute, type Host } from './execute.ts';
import { ANSWER_CHARACTERS, ended, STOPS } from './limits.ts';
import type { Answer, Disagreement, Job, ToWorker } from './protocol.ts';
import type { Compiled, RunError, RunResult, ScenarioColumn } from './types.ts';

/** What the scripts leave on the global object for each other. */
interface Shared {
  unmappedCompile?: typeof compile;
  unmappedRun?: (job: Job, idle: Host['idle'], respond: (text: string) => void) => void;
}

const shared = globalThis as unknown as Shared;

function failed(error: RunError): RunResult {
  return { state: 'failed', steps: 0, lines: [], console: [], pictures: [], error };
}

function prepare(job: Job): Compiled | RunError {
  if (job.kind !== 'source') return job.compiled;
  const compiler = shared.unmappedCompile;
  return compiler ? compiler(job.id, job.source) : { kind: 'sandbox', message: 'The compiler was not loaded.' };
}

/** The snippet may have replaced what the comparison uses; its result then says so. */
function lies(compiled: Compiled, result: RunResult): Disagreement[] {
  try {
    return compare(compiled.arrows, result);
  } catch {
    return [];
  }
}

/** Runs a job and hands `respond` its answer as text. */
async function run(job: Job, library: Library, host: Host, respond: (text: string) => void): Promise<void> {
  const { stringify } = JSON;
  const write = (answer: Answer): string => stringify(answer);
  const silent = write({ result: ended('sandbox'), arrows: [], disagreements: [] });
  const tooLong = write({ result: failed({ kind: 'output', message: STOPS.answer }), arrows: [], disagreements: [] });
  let text = silent;
  try {
    const compiled = prepare(job);
    if (!('code' in compiled)) text = write({ result: failed(compiled), arrows: [], disagreements: [] });
    else {
      let column: ScenarioColumn | undefined;
      const ask = (engine: Engine): void => {
        if (job.kind === 'scenario') column = engine.scenario(job.generation);
      };
      const result = await execute(compiled, library, host, job.limits, ask);
      const answer = { result, arrows: compiled.arrows, disagreements: lies(compiled, result) };
      text = write(column ? { ...answer, column } : answer);
    }
    if (typeof text !== 'string') text = silent;
    else if (text.length > ANSWER_CHARACTERS) text = tooLong;
  } catch {
    text = silent;
  }
  respond(text);
}

/** In the sandbox's worker: waits for the one job. */
function listen(library: Library): void {
  // biome-ignore lint/security/noGlobalEval: an indirect eval keeps line numbers and sees no scope of ours
  const evaluate = globalThis.eval;
  const { port1: near, port2: far } = new MessageChannel();
  const turn = far.postMessage.bind(far, 0);
  const idle: Host['idle'] = (then) => {
    near.onmessage = () => then();
    turn();
  };
  const accept = (event: Event): void => {
    const { data, ports } = event as MessageEvent<ToWorker>;
    const port = ports[0];
    removeEventListener('message', accept);
    if (!port || data?.kind !== 'job') return;
    const post = port.postMessage.bind(port);
    void run(data.job, library, { evaluate, idle }, (text) => post(text));
  };
  addEventListener('message', accept);
  // An error that nobody handles would be a message to the frame.
  for (const kind of ['error', 'unhandledrejection']) addEventListener(kind, (event) => event.preventDefault());
}

/** Begins to serve: the library script calls this with what snippets can import. */
export function serve(library: Library): void {
  if (typeof addEventListener === 'function') {
    listen(library);
    return;
  }
  // biome-ignore lint/security/noGlobalEval: as above
  const evaluate = globalThis.eval;
  shared.unmappedRun = (job, idle, respond) => void run(job, library, { evaluate, idle }, respond);
}
