/**
 * A table that somebody else owns, as small as the argument about hooks needs it: KVM cannot read it except by a call, an entry
 * needs its page above it, and a page goes only when it is empty. It stands in for the Secure EPT where a vendor's states,
 * keys and translation caches do not matter; those are in the vendor's own room.
 */
import { Errno } from '../../errno.ts';
import type { Frame } from '../../machine/memory.ts';
import type { ExternalEntry, ExternalTable } from './external.ts';
import { framesOf, PT64_ROOT_4LEVEL } from './page.ts';

export type OwnedCall = 'link' | 'set' | 'remove' | 'free' | 'read';

interface Entry {
  readonly frame: Frame;
  readonly table: boolean;
}

export class OwnedTable implements ExternalTable {
  /** Every call so far, in order, refused ones included. */
  readonly calls: OwnedCall[] = [];
  /** How many of the next calls are answered with EBUSY: the owner is at work for somebody else. */
  busy = 0;
  /** Called while a call is under way: what happens elsewhere at that moment. */
  during: ((call: OwnedCall) => void) | undefined;
  /** Entries by level, then by first guest frame. */
  readonly #levels = new Map<number, Map<number, Entry>>();

  link_external_spt(gfn: number, level: number, external_spt: Frame): 0 | Errno {
    return this.#set('link', gfn, level, { frame: external_spt, table: true });
  }

  set_external_spte(gfn: number, level: number, frame: Frame): 0 | Errno {
    return this.#set('set', gfn, level, { frame, table: false });
  }

  remove_external_spte(gfn: number, level: number, frame: Frame): 0 | Errno {
    const refused = this.#call('remove');
    if (refused !== undefined) return refused;
    const entry = this.#entry(gfn, level);
    if (entry === undefined || entry.table || entry.frame !== frame) {
      return new Errno('EIO', 'The external table has no such leaf.');
    }
    this.#level(level).delete(gfn);
    return 0;
  }

  /** The page of entries of this level; the entry that refers to it is one level up. */
  free_external_spt(gfn: number, level: number, external_spt: Frame): 0 | Errno {
    const refused = this.#call('free');
    if (refused !== undefined) return refused;
    if (this.#entry(gfn, level + 1)?.frame !== external_spt) {
      return new Errno('EIO', 'The external table has no such page.');
    }
    const end = gfn + framesOf(level + 1);
    for (const first of this.#level(level).keys()) {
      if (first >= gfn && first < end) return new Errno('EIO', 'The page of entries is not empty.');
    }
    this.#level(level + 1).delete(gfn);
    return 0;
  }

  /** Reads one entry: a call to the owner. */
  read(gfn: number, level: number): 'not present' | 'leaf' | 'table' {
    this.#call('read');
    const entry = this.#entry(gfn - (gfn % framesOf(level)), level);
    if (entry === undefined) return 'not present';
    return entry.table ? 'table' : 'leaf';
  }

  /** Entries of one level, in order: for looking at it, no call. */
  entries(level: number): [gfn: number, entry: Entry][] {
    return [...this.#level(level)].sort(([a], [b]) => a - b);
  }

  /** Leaves, for looking at it: no call. */
  get leafCount(): number {
    return [...this.#levels.values()].flatMap((level) => [...level.values()]).filter(({ table }) => !table).length;
  }

  drawn(): ExternalEntry[] {
    const below = (level: number, first: number, end: number): ExternalEntry[] =>
      this.entries(level)
        .filter(([gfn]) => gfn >= first && gfn < end)
        .flatMap(([gfn, { frame, table }]): ExternalEntry[] =>
          table
            ? [{ level, gfn, text: 'table' }, ...below(level - 1, gfn, gfn + framesOf(level))]
            : [{ level, gfn, text: `0x${frame.pfn.toString(16)}`, owner: 'P' }],
        );
    return below(PT64_ROOT_4LEVEL, 0, Number.MAX_SAFE_INTEGER);
  }

  #set(call: 'link' | 'set', gfn: number, level: number, entry: Entry): 0 | Errno {
    const refused = this.#call(call);
    if (refused !== undefined) return refused;
    const above = gfn - (gfn % framesOf(level + 1));
    if (level < PT64_ROOT_4LEVEL && this.#entry(above, level + 1)?.table !== true) {
      return new Errno('EIO', 'The external table has no page for this entry.');
    }
    if (this.#entry(gfn, level) !== undefined) return new Errno('EIO', 'The entry is not free.');
    this.#level(level).set(gfn, entry);
    return 0;
  }

  #call(call: OwnedCall): Errno | undefined {
    this.calls.push(call);
    this.during?.(call);
    if (this.busy === 0) return undefined;
    this.busy--;
    return new Errno('EBUSY', 'The owner is at work for somebody else.');
  }

  #level(level: number): Map<number, Entry> {
    const known = this.#levels.get(level) ?? new Map<number, Entry>();
    this.#levels.set(level, known);
    return known;
  }

  #entry(gfn: number, level: number): Entry | undefined {
    return this.#level(level).get(gfn);
  }
}
