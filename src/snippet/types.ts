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
  /** Present when there is no statement with a value that the arrow could belong to: a sentence that says so. */
  readonly nothing?: string;
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
   * `memory` allocated without end; `await` waits for what never happens; `sandbox` the sandbox could not be used.
   */
  readonly kind: 'syntax' | 'import' | 'throw' | 'steps' | 'output' | 'time' | 'memory' | 'await' | 'sandbox';
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
  /** Model calls, loop iterations and calls of the snippet's own functions. */
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

/** A prepared break, as its author writes it into `<name>.breaks.json`. */
export interface Break {
  readonly id: string;
  /** What the button says: `write one byte first`. */
  readonly label: string;
  /** Exact texts, each found once in the source, and what stands there instead. */
  readonly edits: readonly { readonly find: string; readonly with: string }[];
  /** One sentence: what this shows. */
  readonly says: string;
  /** Blessed: the lines of the edited source that say otherwise than the arrow written there, `8 → -EBUSY`. */
  readonly outcome: readonly string[];
}

/** A prepared break with what the build made of it. */
export interface BakedBreak extends Break {
  /** The edited source. */
  readonly source: string;
  readonly compiled: Compiled;
  readonly result: RunResult;
}

/** A stretch of a snippet between `// part: name` and `// end: name`, both lines excluded. */
export interface Part {
  readonly name: string;
  /** Lines of the source, from 1, both included. */
  readonly first: number;
  readonly last: number;
}

/** A snippet with everything that the build made of it: what pages show, and what /s/<id>.json holds. Plain JSON. */
export interface Baked {
  readonly id: string;
  /** The sentence of the doc comment that begins the file. */
  readonly title: string;
  readonly source: string;
  readonly parts: readonly Part[];
  readonly compiled: Compiled;
  readonly result: RunResult;
  readonly breaks: readonly BakedBreak[];
}

/** A generation of the design, as content/records/generations.json names it. */
export interface Generation {
  readonly id: string;
  readonly title: string;
  readonly short: string;
  readonly date: string;
  readonly evidence: string;
  /** Exact version, where a release is meant. */
  readonly kernel?: string;
  /** What the model of a machine rests on, where it is not a kernel. */
  readonly rests?: string;
  /** What a scenario imports for it. */
  readonly module: string;
}

/** What a scenario returns: named answers, in order. Each is printed by `show`. */
export type Outcome = Readonly<Record<string, unknown>>;

/** What one generation answered to one scenario: a column of the blessed table. */
export interface ScenarioColumn {
  readonly answers: readonly { readonly name: string; readonly text: string; readonly why?: string }[];
  /** Who owns the pages that the scenario touched, at its end. */
  readonly owners: readonly Ownership[];
}

/** content/records/scenarios.json: scenario → generation → answers. */
export type ScenarioTable = Readonly<Record<string, Readonly<Record<string, ScenarioColumn>>>>;
