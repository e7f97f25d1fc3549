/**
 * The trace: every step a model takes leaves one event. The ownership gutter, the pictures and the
 * counterexamples are drawn from events and from nothing else, so a picture cannot say what a model did not do.
 */

/**
 * Who owns a page of memory, as one letter. The letters are the site's motif and mean the same everywhere:
 * `H` host (reachable by host user space or the kernel), `S` shared between host and guest, `P` private to a guest,
 * `F` firmware or module, `K` taken out of the kernel's direct map, `!` poisoned or leaked, `·` free (no page there).
 */
export type Owner = 'H' | 'S' | 'P' | 'F' | 'K' | '!' | '·';

/** A run of neighbouring pages with one owner: `['P', 512]` is 2 MiB of guest private memory. */
export type OwnerRun = readonly [owner: Owner, pages: number];

/** Who owns the pages of one memory object after a step. */
export interface Ownership {
  /** What the pages belong to, in the words of the snippet: `guest-ram`. */
  readonly object: string;
  /** First page shown, counted in pages from the start of the object. */
  readonly first: number;
  readonly runs: readonly OwnerRun[];
}

/** One step of a model. */
export interface TraceEvent {
  /** Position in the host's trace, from 0. */
  readonly seq: number;
  /** Who acted: a process name, `kvm`, `kernel`. */
  readonly actor: string;
  /** The operation by its exact name in lower case: `fallocate`, `tdh_mem_page_add`. */
  readonly op: string;
  /** Arguments, already formatted for a person. */
  readonly args: readonly string[];
  /** The result as `show()` prints it. */
  readonly result: string;
  /** Present when the step was refused: the sentence of the errno or signal. */
  readonly why?: string;
  /** What changed, one clause each, for the step-through view: `size 0 → 8192`. */
  readonly changed: readonly string[];
  /** Who owns the touched pages after the step. */
  readonly owners: readonly Ownership[];
}

/** The trace of one host. */
export class Trace {
  readonly events: TraceEvent[] = [];
  /** Called for each event: the snippet engine counts steps and fills the gutter with it. */
  static listener: ((event: TraceEvent) => void) | undefined;

  record(event: Omit<TraceEvent, 'seq'>): void {
    const full: TraceEvent = { seq: this.events.length, ...event };
    this.events.push(full);
    Trace.listener?.(full);
  }
}
