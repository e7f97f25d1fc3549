/**
 * The host's direct map over physical memory: at which size each 2 MiB region is mapped. A large mapping makes all its pages
 * count when the RMP is asked about a write, so Linux splits it before it gives a page away (arch/x86/virt/svm/sev.c,
 * adjust_direct_map, Linux 6.16.1). Splitting is counted; the model never joins what was split.
 */
import { PAGE } from '../units.ts';
import type { MapLevel } from './rmp-access.ts';
import { REGION } from './rmp-entry.ts';

export class HostMap {
  /** The size before anything was split. */
  readonly level: MapLevel;
  readonly #split = new Set<number>();

  constructor(level: MapLevel) {
    this.level = level;
  }

  /** How many large mappings were split. */
  get splits(): number {
    return this.#split.size;
  }

  /** The size of the mapping that shows this page frame. */
  levelOf(pfn: number): MapLevel {
    return this.#split.has(Math.floor(pfn / REGION)) ? '4K' : this.level;
  }

  /** Maps the 2 MiB region of this address (bytes) page by page. True where it was mapped larger. */
  split(spa: number): boolean {
    const region = Math.floor(spa / PAGE / REGION);
    if (this.level === '4K' || this.#split.has(region)) return false;
    this.#split.add(region);
    return true;
  }
}
