/**
 * The second-stage page table of one guest: guest frame number to page frame, at 4 KiB, with a dirty log.
 *
 * Left out: levels, large pages, permissions other than present, access bits, invalidation of TLBs (a removed entry takes
 * effect at once). The table holds no reference to a frame: as with KVM's own tables, whoever gives a page away has to
 * tell KVM first, and that is what the invalidation callbacks in this history are about.
 */
import type { Frame } from '../machine/memory.ts';

export class SecondStage {
  readonly #entries = new Map<number, Frame>();
  readonly #dirty = new Set<number>();

  /** The frame behind a guest frame number. */
  get(gfn: number): Frame | undefined {
    return this.#entries.get(gfn);
  }

  map(gfn: number, frame: Frame): void {
    this.#entries.set(gfn, frame);
  }

  /** Removes the entries of `[first, end)`; the numbers of those that were present. */
  zap(first: number, end: number): number[] {
    const gone: number[] = [];
    for (const gfn of [...this.#entries.keys()]) {
      if (gfn < first || gfn >= end) continue;
      this.#entries.delete(gfn);
      gone.push(gfn);
    }
    return gone.sort((a, b) => a - b);
  }

  /** The guest wrote this page. */
  markDirty(gfn: number): void {
    this.#dirty.add(gfn);
  }

  /** Dirty guest frame numbers of `[first, end)` in order; reading clears them, as KVM_GET_DIRTY_LOG does. */
  takeDirty(first: number, end: number): number[] {
    const found = [...this.#dirty].filter((gfn) => gfn >= first && gfn < end).sort((a, b) => a - b);
    for (const gfn of found) this.#dirty.delete(gfn);
    return found;
  }

  /** Every entry in order of guest frame number. */
  entries(): [gfn: number, frame: Frame][] {
    return [...this.#entries].sort(([a], [b]) => a - b);
  }
}
