/**
 * The reverse map table: one entry for each covered page of system memory. AMD APM vol. 2, 15.36.3 and 15.36.4, read through
 * public notes; a page whose entry would lie above RMP_END has none and counts as the hypervisor's for ever.
 *
 * Left out: the table's own place in memory and its format, which are not architectural, and the segmented table.
 */
import { PAGE } from '../units.ts';
import { HYPERVISOR_ENTRY, REGION, RMP_PG_SIZE_2M, type RmpEntry } from './rmp-entry.ts';

export class Rmp {
  /** First page frame number that has no entry. */
  readonly end: number;
  readonly #entries = new Map<number, RmpEntry>();
  /** Entries that another processor is working on. */
  readonly #used = new Map<number, number>();

  /** `bytes` of system memory are covered, from address 0. */
  constructor(bytes: number) {
    this.end = Math.floor(bytes / PAGE);
  }

  covers(pfn: number): boolean {
    return pfn >= 0 && pfn < this.end;
  }

  /** The entry of this page itself, as the table stores it. Page frame number. */
  stored(pfn: number): RmpEntry {
    return this.#entries.get(pfn) ?? HYPERVISOR_ENTRY;
  }

  /** The first page of the 2 MiB entry that rules this page, or the page itself. */
  head(pfn: number): number {
    const first = pfn - (pfn % REGION);
    const { assigned, page_size } = this.stored(first);
    return assigned === 1 && page_size === RMP_PG_SIZE_2M ? first : pfn;
  }

  /** The entry that rules this page: its own, or that of the 2 MiB page which it is part of. Undefined where not covered. */
  lookup(pfn: number): RmpEntry | undefined {
    return this.covers(pfn) ? this.stored(this.head(pfn)) : undefined;
  }

  /** The guest physical address that the table gives for this very page, also inside a 2 MiB entry. */
  gpa(pfn: number): number {
    const head = this.head(pfn);
    return this.stored(head).gpa + (pfn - head) * PAGE;
  }

  /** Writes an entry. No check is made: instructions and firmware make theirs before. */
  write(pfn: number, entry: RmpEntry): void {
    if (!this.covers(pfn)) throw new RangeError(`page frame ${pfn} has no RMP entry`);
    this.#entries.set(pfn, Object.freeze({ ...entry }));
  }

  /** Does any 4 KiB entry of the 2 MiB region of this page have Assigned=1? */
  regionAssigned(pfn: number): boolean {
    const first = pfn - (pfn % REGION);
    for (let page = first; page < first + REGION; page++) if (this.stored(page).assigned === 1) return true;
    return false;
  }

  /** Another processor takes hold of an entry, or lets go of it. */
  hold(pfn: number): void {
    const page = this.head(pfn);
    this.#used.set(page, (this.#used.get(page) ?? 0) + 1);
  }

  release(pfn: number): void {
    const page = this.head(pfn);
    const left = (this.#used.get(page) ?? 0) - 1;
    if (left > 0) this.#used.set(page, left);
    else this.#used.delete(page);
  }

  /** Is the entry of this page in use by another processor? `pages` counts on from it. */
  inUse(pfn: number, pages = 1): boolean {
    for (const page of this.#used.keys()) if (page >= pfn && page < pfn + pages) return true;
    return this.#used.has(this.head(pfn));
  }

  /** Page frame numbers whose entry is not that of a plain hypervisor page, in order. */
  get written(): number[] {
    return [...this.#entries.keys()].sort((a, b) => a - b);
  }
}
