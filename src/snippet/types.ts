/**
 * What a snippet is and what running one gives: plain data, the same from Node and from a browser, so that the build,
 * the tests and the page can share one engine and a result can cross a message port.
 */

import type { Picture } from '../model/picture.ts';
import type { Ownership } from '../model/trace.ts';

/** A snippet ready to run: compiled at build time, or in the page after an edit. Plain JSON. */
export interface Compiled {
  /** `f-seal-guest/empty-only`: the path below content/snippets without `.ts`. */
  readonly id: string;
  /** Script text (not a module): imports are destructured from the library map, statements report their values. */
  readonly code: string;
  /** The arrows as written, to be compared with what a run says. */
  readonly arrows: readonly Arrow[];
}

/** `// → text` at the end of a line. */
export interface Arrow {
  /** Line of the source, from 1. */
  readonly line: number;
  readonly text: string;
}

/** What one line gave. */
export interface LineResult {
  /** Line of the source, from 1. */
  readonly line: number;
  /** Exactly what an arrow on this line has to say. */
  readonly text: string;
  /** Why a call on this line was refused, from the last refused model step. */
  readonly why?: string;
  /** Who owns the pages that the line touched, after it. */
  readonly owners: readonly Ownership[];
}

export interface ConsoleLine {
  /** Line of the source, from 1, where known. */
  readonly line?: number;
  readonly text: string;
}

/** Why a run ended otherwise than by reaching its end. */
export interface RunError {
  /**
   * `syntax` does not parse; `import` names something the library does not have; `throw` ended by an exception;
   * `steps` reached the step limit; `output` said more than is kept; `time` reached the wall clock, which is never citable;
   * `memory` allocated without end; `sandbox` the sandbox could not be used.
   */
  readonly kind: 'syntax' | 'import' | 'throw' | 'steps' | 'output' | 'time' | 'memory' | 'sandbox';
  /** The exception's name for `throw`: what an arrow `→ throws Name` compares. */
  readonly name?: string;
  /** One sentence for a person. */
  readonly message: string;
  /** Line of the source, from 1, where known. */
  readonly line?: number;
}

/** Everything a run gave. Plain JSON; two runs of one snippet are equal byte for byte. */
export interface RunResult {
  readonly state: 'done' | 'stopped' | 'failed';
  /** Model calls and loop iterations. */
  readonly steps: number;
  readonly lines: readonly LineResult[];
  readonly console: readonly ConsoleLine[];
  readonly pictures: readonly PlacedPicture[];
  readonly error?: RunError;
}

/** A picture and the line after which it was taken. */
export interface PlacedPicture {
  readonly line: number;
  readonly picture: Picture;
}
