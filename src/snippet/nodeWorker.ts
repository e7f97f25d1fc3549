/**
 * A Node worker thread that runs jobs one after another, each in a fresh context: a realm with nothing but the language in
 * it, in which the very script that browsers load is evaluated.
 */
import { constants, createContext, Script } from 'node:vm';
import { parentPort, workerData } from 'node:worker_threads';
import type { Job } from './protocol.ts';

const script = new Script((workerData as { library: string }).library, { filename: 'unmapped.js' });

type Run = (job: Job, idle: (then: () => void) => void, respond: (text: string) => void) => void;

// A snippet may leave a promise that nobody handles: that is a matter of its own result, not of this thread.
process.on('unhandledRejection', () => undefined);

parentPort?.on('message', (job: Job) => {
  // An ordinary global object: one made over an object of this realm would have this realm's prototypes behind it.
  const context = createContext(constants.DONT_CONTEXTIFY) as { unmappedRun?: Run };
  script.runInContext(context);
  const run = context.unmappedRun;
  delete context.unmappedRun;
  run?.(
    job,
    (then) => setImmediate(then),
    (text) => parentPort?.postMessage(text),
  );
});
