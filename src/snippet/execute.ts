/**
 * Runs a compiled snippet in the realm in which this is loaded: a worker of the sandbox, or a context of a Node worker.
 * The realm is used up by it: its globals are gone afterwards, so every run needs a fresh one.
 */
import { Trace } from '../model/trace.ts';
import { Engine, type Library, messageOf, nameOf, Stop } from './engine.ts';
import { restrict } from './globals.ts';
import { LIMITS, type Limits, STOPS } from './limits.ts';
import { count } from './memory.ts';
import { sortAlike } from './sorting.ts';
import type { Compiled, RunError, RunResult } from './types.ts';

/** What the host lends to a run. */
export interface Host {
  /** Evaluates script text in the realm: taken before the snippet could replace it. */
  readonly evaluate: (text: string) => unknown;
  /** Calls back when no promise can go on by itself any more: after all microtasks. */
  readonly idle: (then: () => void) => void;
}

type Body = (engine: Engine) => unknown;

/** What ended the run, in one sentence. */
function thrown(engine: Engine, value: unknown): RunError {
  if (value instanceof Stop) return value.error;
  const name = nameOf(value);
  const message = messageOf(value).replace(/\.$/, '');
  const line = engine.thrownAt();
  const said = value instanceof Error ? `${name}: ${message}` : `The snippet threw ${message}`;
  const error = { kind: 'throw', name, message: message === '' ? `${name}.` : `${said}.` } as const;
  return line > 0 ? { ...error, line } : error;
}

const BROKEN: RunError = {
  kind: 'throw',
  message: 'The snippet changed the language that it runs in so far that its results cannot be put together.',
};

/** What the run said. Code of the snippet may have replaced anything that this uses. */
function result(engine: Engine, error: RunError | undefined): RunResult {
  engine.closed = true;
  const { output, steps } = engine;
  try {
    const said = { steps, lines: output.lines(), console: output.console, pictures: output.pictures };
    if (!error) return { state: 'done', ...said };
    const failed = error.kind === 'throw' || error.kind === 'import';
    return { state: failed ? 'failed' : 'stopped', ...said, error };
  } catch {
    return { state: 'failed', steps, lines: [], console: [], pictures: [], error: BROKEN };
  }
}

/** The language's own, whatever a snippet puts in its place. */
const Later = Promise;

/** Runs the body until nothing is left to do. Gives what went wrong. */
async function drain(body: Body, engine: Engine, host: Host): Promise<RunError | undefined> {
  const value = body(engine);
  let pending = value instanceof Later;
  let error: RunError | undefined;
  if (value instanceof Later) {
    value.then(
      () => {
        pending = false;
      },
      (rejected: unknown) => {
        pending = false;
        error = thrown(engine, engine.threw(rejected));
      },
    );
  }
  await new Later<void>((resolve) => host.idle(resolve));
  if (pending) engine.halt('await', STOPS.await);
  if (!error && engine.abandoned) error = thrown(engine, engine.abandoned.thrown);
  return error;
}

/**
 * Runs a snippet to its end or to a limit. Nothing is thrown. `then` is called at the end of the code, under the same
 * limits: a scenario's function is called there.
 */
export async function execute(
  compiled: Compiled,
  library: Library,
  host: Host,
  limits: Limits = LIMITS,
  then?: (engine: Engine) => void,
): Promise<RunResult> {
  const engine = new Engine(library, limits, new Set(compiled.arrows.map((arrow) => arrow.line)));
  try {
    const body = host.evaluate(compiled.code) as Body;
    const scope = globalThis as unknown as Record<string, unknown>;
    restrict(scope, engine.console());
    sortAlike();
    count(scope, (bytes) => engine.charge(bytes));
    const error = await drain(body, engine, host);
    if (!error && !engine.stopped) then?.(engine);
    return result(engine, engine.stopped?.error ?? error);
  } catch (value) {
    return result(engine, engine.stopped?.error ?? thrown(engine, engine.threw(value)));
  } finally {
    Trace.listener = undefined;
  }
}
