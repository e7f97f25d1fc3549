/**
 * The mappings of one process, in order of address (struct mm_struct). Fresh addresses grow upwards with a free page
 * between neighbours; the kernel of x86-64 goes downwards, which nothing here depends on.
 */
import type { PhysicalMemory } from '../machine/memory.ts';
import { PAGE } from '../units.ts';
import { Mapping } from './mapping.ts';

/** First address that mmap hands out. */
const BASE = 0x7f00_0000_0000;
/** End of the user half of the address space (TASK_SIZE, 4-level page tables). */
export const TASK_SIZE = 0x7fff_ffff_f000;

export class AddressSpace {
  /** In order of address, never overlapping. */
  readonly mappings: Mapping[] = [];
  next = BASE;
  readonly #memory: PhysicalMemory;
  readonly #release: (mapping: Mapping) => void;

  /** `release` is called when a mapping lets go of its open file. */
  constructor(memory: PhysicalMemory, release: (mapping: Mapping) => void) {
    this.#memory = memory;
    this.#release = release;
  }

  /** The mapping that contains an address. */
  at(address: number): Mapping | undefined {
    return this.mappings.find((mapping) => address >= mapping.start && address < mapping.end);
  }

  /** The mappings that overlap a range, in order. */
  overlapping(start: number, end: number): Mapping[] {
    return this.mappings.filter((mapping) => mapping.start < end && mapping.end > start);
  }

  /** True when mappings cover the whole range. */
  covers(start: number, end: number): boolean {
    let at = start;
    for (const mapping of this.overlapping(start, end)) {
      if (mapping.start > at) return false;
      at = mapping.end;
    }
    return at >= end;
  }

  /** A free range of `length` bytes, aligned to `unit`, at `hint` if that is free. Both are multiples of the page size. */
  place(length: number, hint: number, unit = PAGE): number | undefined {
    const rounded = Math.floor(hint / unit) * unit;
    if (rounded > 0 && rounded + length <= TASK_SIZE && this.overlapping(rounded, rounded + length).length === 0) {
      return rounded;
    }
    const start = Math.ceil(this.next / unit) * unit;
    if (start + length > TASK_SIZE) return undefined;
    this.next = start + length + PAGE;
    return start;
  }

  insert(mapping: Mapping): void {
    this.mappings.push(mapping);
    this.mappings.sort((a, b) => a.start - b.start);
    if (mapping.file !== undefined) {
      mapping.file.refs++;
      mapping.file.inode.mappings.add(mapping);
    }
    if (mapping.end + PAGE > this.next && mapping.start >= BASE) this.next = mapping.end + PAGE;
  }

  /** Cuts mappings at both ends of a range, so that none reaches across. */
  cut(start: number, end: number): void {
    for (const address of [start, end]) {
      const mapping = this.at(address);
      if (mapping !== undefined && mapping.start < address) this.#split(mapping, address);
    }
  }

  #split(mapping: Mapping, address: number): void {
    const upper = new Mapping({ ...mapping, start: address, pgoff: mapping.pageOf(address) });
    for (const [page, frame] of mapping.copies) {
      if (page * PAGE < address) continue;
      mapping.copies.delete(page);
      upper.copies.set(page, frame);
    }
    mapping.end = address;
    this.insert(upper);
  }

  /** Removes everything mapped in a range. */
  remove(start: number, end: number): Mapping[] {
    this.cut(start, end);
    const gone = this.overlapping(start, end);
    for (const mapping of gone) {
      this.mappings.splice(this.mappings.indexOf(mapping), 1);
      this.dropCopies(mapping, mapping.start, mapping.end);
      if (mapping.file !== undefined) {
        mapping.file.inode.mappings.delete(mapping);
        this.#release(mapping);
      }
    }
    return gone;
  }

  /** Frees a mapping's own pages in a range of addresses. */
  dropCopies(mapping: Mapping, start: number, end: number): void {
    for (const [page, frame] of mapping.copies) {
      if (page * PAGE < start || page * PAGE >= end) continue;
      mapping.copies.delete(page);
      frame.mapped--;
      this.#memory.put(frame);
    }
  }

  /** Bytes that count as locked memory. */
  get locked(): number {
    return this.mappings.reduce((sum, mapping) => sum + (mapping.locked ? mapping.end - mapping.start : 0), 0);
  }
}
