/**
 * Every limit of a run and every sentence that says a limit was reached, in one place: the build, the tests, the worker
 * and the page say the same words about the same numbers.
 */
import type { RunError, RunResult } from './types.ts';

/** The most that one run may do. All but `time` are counted, so that they fall in the same place on every machine. */
export interface Limits {
  /** Steps: model calls, loop iterations and calls of the snippet's own functions. */
  readonly steps: number;
  /** Of these, model calls: they take longer than the others, and the count has to come before the clock. */
  readonly calls: number;
  /** Calls of the snippet's own functions inside one another. */
  readonly depth: number;
  /** Console lines and captured values together. */
  readonly lines: number;
  /** Characters of console text and captured values together. */
  readonly characters: number;
  /** Bytes that large buffers, strings and arrays may ask for in all, freed or not. */
  readonly bytes: number;
}

export const LIMITS: Limits = {
  steps: 100_000,
  calls: 10_000,
  depth: 800,
  lines: 1_000,
  characters: 200_000,
  bytes: 256 * 1024 * 1024,
};

/** Bytes up to which a buffer, a string or an array is not counted: as many as there are steps do no harm. */
export const SMALL = 8 * 1024;

/** Milliseconds after which the page or the build ends a run that nothing else stopped. Depends on the machine. */
export const WALL_CLOCK = 5_000;

/** Characters of one console line; the rest of it is cut and said to be. */
export const LINE_CHARACTERS = 2_000;

/** Values of one statement that are told one by one; of more, the first six and the last are. */
export const LOOP_VALUES = 8;

/** Pictures kept of one run. */
export const PICTURES = 40;

/** Characters of one answer from the sandbox's worker; a longer one is replaced by an error. */
export const ANSWER_CHARACTERS = 1_000_000;

/** 100000 → '100,000', without asking a locale. */
function thousands(value: number): string {
  return String(value).replace(/\B(?=(\d{3})+$)/g, ',');
}

/** The sentences of the limits. `line` is where the run was. */
export const STOPS = {
  steps: (limits: Limits): string =>
    `Stopped after ${thousands(limits.steps)} steps (model calls, loop iterations and function calls): a loop or a recursion here does not end, or not soon enough.`,
  calls: (limits: Limits): string =>
    `Stopped after ${thousands(limits.calls)} model calls: a loop or a recursion here does not end, or not soon enough.`,
  lines: (limits: Limits): string =>
    `Stopped: more than ${thousands(limits.lines)} lines of output. The first ones are kept.`,
  characters: (limits: Limits): string =>
    `Stopped: more than ${thousands(limits.characters)} characters of output. The first ones are kept.`,
  bytes: (limits: Limits): string =>
    `Stopped: asked for more than ${limits.bytes / (1024 * 1024)} MiB of memory in all.`,
  await:
    'Stopped: this await waits for something that never happens. A snippet has no timers, no network and no events.',
  time: `Stopped by the clock after ${WALL_CLOCK / 1000} s, before the step limit was reached. Where it stopped depends on the machine, so this outcome cannot be cited.`,
  memory: 'Stopped: the run used up its memory.',
  sandbox: 'The sandbox did not start, or it ended without an answer. Nothing of the snippet can be said; try again.',
  answer: 'The run said more than the sandbox lets through.',
} as const;

/** The result of a run that was ended from outside: nothing that it had found by then is kept. */
export function ended(kind: 'time' | 'memory' | 'sandbox'): RunResult {
  const error: RunError = { kind, message: STOPS[kind] };
  return { state: kind === 'sandbox' ? 'failed' : 'stopped', steps: 0, lines: [], console: [], pictures: [], error };
}
