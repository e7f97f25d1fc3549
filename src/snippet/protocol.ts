/**
 * What passes between the page, the sandbox frame and the worker that runs a snippet.
 *
 *     page ──connect (window message, one port)──▶ frame           once per frame
 *     page ◀──ready──────────────────────────────  frame
 *     page ──library, compiler (script texts)───▶  frame           once each, when first needed
 *     page ──run (number, job) + one port───────▶  frame ──job + that port──▶ worker (fresh, classic, from a blob)
 *     page ◀──one string, over that port─────────────────────────────────────  worker
 *     page ──stop (number)──────────────────────▶  frame           terminates the worker
 *     page ◀──lost (number)──────────────────────  frame           the worker failed to start
 *
 * The frame never looks into a job or an answer: it only makes workers from the texts it was given and hands ports on.
 * The worker's blob is the library text, preceded by the compiler text and a line break where the job is a source.
 * The frame posts exactly one message to the worker, `ToWorker`, with the page's port in its transfer list.
 *
 * The worker answers once, with one string of at most ANSWER_CHARACTERS characters. The string is JSON and it is
 * untrusted: `readAnswer` in answer.ts checks and caps it before the page believes any of it. The page keeps the clock: it sends
 * `stop` after WALL_CLOCK and shows `ended('time')`.
 */
import type { Limits } from './limits.ts';
import type { Arrow, Compiled, Generation, RunResult, ScenarioColumn } from './types.ts';

/** What to run: compiled at build time, or a source that the worker compiles first. */
export type Job =
  | { readonly kind: 'compiled'; readonly compiled: Compiled; readonly limits?: Limits }
  | { readonly kind: 'source'; readonly id: string; readonly source: string; readonly limits?: Limits }
  /** Calls the default export with the generation. */
  | {
      readonly kind: 'scenario';
      readonly compiled: Compiled;
      readonly generation: Generation;
      readonly limits?: Limits;
    };

/** Window message from the page to the frame, with one port in the transfer list. */
export interface Connect {
  readonly unmapped: 'connect';
}

/** Over that port, page to frame. */
export type ToFrame =
  | { readonly kind: 'library'; readonly text: string }
  | { readonly kind: 'compiler'; readonly text: string }
  /** With one port in the transfer list: the worker answers over it. */
  | { readonly kind: 'run'; readonly run: number; readonly job: Job }
  | { readonly kind: 'stop'; readonly run: number }
  /** The next run is likely: its worker may be made ahead of time, with the compiler or without. */
  | { readonly kind: 'prepare'; readonly source: boolean };

/** Over that port, frame to page. */
export type FromFrame = { readonly kind: 'ready' } | { readonly kind: 'lost'; readonly run: number };

/** The one message that a worker accepts; everything after it is ignored. One port in the transfer list. */
export interface ToWorker {
  readonly kind: 'job';
  readonly job: Job;
}

/** The answer, after `readAnswer`. */
export interface Answer {
  readonly result: RunResult;
  /** The arrows of the text that ran: of an edited text they are the reader's own. */
  readonly arrows: readonly Arrow[];
  /** Where an arrow says otherwise than the run. Empty when the run and all arrows agree. */
  readonly disagreements: readonly Disagreement[];
  /** What the scenario answered, if the job was one. */
  readonly column?: ScenarioColumn;
}

/** An arrow that lies. */
export interface Disagreement {
  /** Line of the arrow, from 1. */
  readonly line: number;
  /** What the arrow says. */
  readonly expected: string;
  /** What the run said, or one sentence on why there is nothing to compare. */
  readonly found: string;
}

/** .cache/assets.json: where the two scripts are served, from the site's root, without the base path. */
export interface Assets {
  readonly library: string;
  readonly compiler: string;
}
