/** A guest's nested page table: which page of the system stands behind a guest physical address. The hypervisor owns it. */
import { PAGE } from '../units.ts';
import type { MapLevel } from './rmp-access.ts';
import { REGION_BYTES } from './rmp-entry.ts';

const BYTES: Record<MapLevel, number> = { '4K': PAGE, '2M': REGION_BYTES, '1G': 512 * REGION_BYTES };

export interface NestedEntry {
  /** First guest physical address, bytes. */
  readonly gpa: number;
  /** First system physical address, bytes. */
  readonly spa: number;
  readonly level: MapLevel;
}

export class NestedMap {
  readonly #entries = new Map<number, NestedEntry>();

  get entries(): NestedEntry[] {
    return [...this.#entries.values()].sort((a, b) => a.gpa - b.gpa);
  }

  /** Maps a page of this size; what was mapped inside it before is gone. Both addresses are rounded down to the size. */
  map(gpa: number, spa: number, level: MapLevel): void {
    const bytes = BYTES[level];
    const first = gpa - (gpa % bytes);
    for (const entry of this.entries) {
      if (entry.gpa < first + bytes && first < entry.gpa + BYTES[entry.level]) this.#entries.delete(entry.gpa);
    }
    this.#entries.set(first, { gpa: first, spa: spa - (spa % bytes), level });
  }

  /** Takes away the mapping that covers this address; false where there is none. */
  unmap(gpa: number): boolean {
    const entry = this.find(gpa);
    return entry !== undefined && this.#entries.delete(entry.gpa);
  }

  find(gpa: number): NestedEntry | undefined {
    for (const entry of this.#entries.values()) {
      if (gpa >= entry.gpa && gpa < entry.gpa + BYTES[entry.level]) return entry;
    }
    return undefined;
  }

  /** System physical address and size of the mapping behind a guest physical address. */
  translate(gpa: number): { readonly spa: number; readonly level: MapLevel } | undefined {
    const entry = this.find(gpa);
    return entry && { spa: entry.spa + gpa - entry.gpa, level: entry.level };
  }
}
