/**
 * KVM without a mirror: every look at a table that somebody else owns is a call to the owner. Nobody posted this; it is the
 * other side of the count in the cover letter of v2 (20240530210714.364118-1-rick.p.edgecombe@intel.com), which says why the
 * mirror is there.
 */
import type { OwnedTable } from '../../kvm/tdp/owned-table.ts';
import { framesOf, PT64_ROOT_4LEVEL } from '../../kvm/tdp/page.ts';
import type { Frame, PhysicalMemory } from '../../machine/memory.ts';
import { PAGE } from '../../units.ts';

export class UnmirroredMmu {
  readonly table: OwnedTable;
  readonly #memory: PhysicalMemory;

  constructor(table: OwnedTable, memory: PhysicalMemory) {
    this.table = table;
    this.#memory = memory;
  }

  /** Handles a fault on private memory. `gpa` in bytes; a fresh page unless one is given. */
  map(gpa: number, frame: Frame = this.#memory.allocate() as Frame): void {
    const gfn = Math.floor(gpa / PAGE);
    for (let level = PT64_ROOT_4LEVEL; level > 1; level--) {
      if (this.table.read(gfn, level) === 'table') continue;
      const first = gfn - (gfn % framesOf(level));
      this.table.link_external_spt(first, level, this.#memory.allocate() as Frame);
    }
    if (this.table.read(gfn, 1) === 'not present') this.table.set_external_spte(gfn, 1, frame);
  }

  /** Takes the leaves of `[start, end)`: finds them by reading, from the top, and skips what a missing page covers. */
  zap(start: number, end: number): void {
    let next = start;
    while (next < end) {
      const gfn = next;
      next += this.#covered(gfn);
      const leaf = this.table.entries(1).find(([first]) => first === gfn);
      if (leaf !== undefined) this.table.remove_external_spte(gfn, 1, leaf[1].frame);
    }
  }

  /** Guest frames that the next look answers for: one where there is an entry of level 1 to be read. */
  #covered(gfn: number): number {
    for (let level = PT64_ROOT_4LEVEL; level > 1; level--) {
      if (this.table.read(gfn, level) !== 'table') return framesOf(level) - (gfn % framesOf(level));
    }
    this.table.read(gfn, 1);
    return 1;
  }
}
