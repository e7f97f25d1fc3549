/**
 * The Secure EPT of one TD: tables that the module owns, entries with a state, and the walk from the root.
 *
 * Source: sept_manager of intel/tdx-module 1.5.01 (72d8cffb214b; run). The root lies in one of the TD's control pages and no call
 * installs it. A walk goes on at NL_MAPPED and stops at everything else. Left out: the tables of nested VMs.
 */
import { FANOUT, indexAt } from './levels.ts';
import type { SeptState } from './sept-states.ts';

export interface SeptEntry {
  state: SeptState;
  /** Physical address of the page or table that the entry points to; undefined while it is FREE. */
  hpa: number | undefined;
  /** The table below, while the state is NL_MAPPED or NL_BLOCKED. */
  table: SeptTable | undefined;
  /** True while another logical processor holds the entry's lock. */
  locked: boolean;
  /** Pages of a 2 MiB page that an interrupted accept has zeroed. */
  accepted: number;
}

const free = (): SeptEntry => ({ state: 'FREE', hpa: undefined, table: undefined, locked: false, accepted: 0 });

/** 512 entries of one level; an entry exists in memory once something was done with it. */
export class SeptTable {
  /** Level of its entries. */
  readonly level: number;
  readonly #entries = new Map<number, SeptEntry>();

  constructor(level: number) {
    this.level = level;
  }

  at(index: number): SeptEntry {
    let entry = this.#entries.get(index);
    if (entry === undefined) {
      entry = free();
      this.#entries.set(index, entry);
    }
    return entry;
  }

  /** True when all 512 entries are FREE. */
  get empty(): boolean {
    for (const entry of this.#entries.values()) if (entry.state !== 'FREE') return false;
    return true;
  }

  /** All 512, for promotion. */
  all(): SeptEntry[] {
    return Array.from({ length: FANOUT }, (_, index) => this.at(index));
  }

  /** Entries that are not FREE, in order. */
  used(): [index: number, entry: SeptEntry][] {
    return [...this.#entries].filter(([, entry]) => entry.state !== 'FREE').sort(([a], [b]) => a - b);
  }
}

/** Where a walk ended. */
export interface Walk {
  readonly entry: SeptEntry;
  readonly level: number;
  /** True when the wanted level was reached. */
  readonly reached: boolean;
}

export class Sept {
  readonly root: SeptTable;

  /** `levels` is 4 or 5. */
  constructor(levels: number) {
    this.root = new SeptTable(levels - 1);
  }

  /** Walks to the entry of this level, or to where the way ends. With level 0 and `toLeaf` a larger leaf is reached as well. */
  walk(gpa: number, level: number): Walk {
    let table = this.root;
    for (;;) {
      const entry = table.at(indexAt(gpa, table.level));
      if (table.level === level) return { entry, level, reached: true };
      if (entry.state !== 'NL_MAPPED' || entry.table === undefined)
        return { entry, level: table.level, reached: false };
      table = entry.table;
    }
  }
}

/** Makes an entry point to something, or to nothing. */
export function setEntry(entry: SeptEntry, state: SeptState, hpa?: number, table?: SeptTable): void {
  entry.state = state;
  entry.hpa = hpa;
  entry.table = table;
  entry.accepted = 0;
}
