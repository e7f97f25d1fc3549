/**
 * The physical address metadata table: for every page of memory that TDs may use, one owner and one role.
 *
 * Source: pamt_manager and the checks of explicit pages in intel/tdx-module 1.5.01 (72d8cffb214b; run). One tree of entries for
 * 4 KiB, 2 MiB and 1 GiB; a page in use stands in the entry of its own size. Left out: the memory of the table itself, reserved
 * areas, and locks other than the one that a call holds on the TDR it is made for.
 */
import { PAGE } from '../units.ts';
import { addressText, levelBytes } from './levels.ts';
import { type TdxOperand, TdxStatus } from './status.ts';

/** Page types and their numbers. */
export const PAGE_TYPES = { NDA: 0, RSVD: 1, REG: 3, TDR: 4, TDCX: 5, TDVPR: 6, EPT: 8 } as const;
export type PageType = keyof typeof PAGE_TYPES;

export interface PamtEntry {
  type: PageType;
  /** Physical address of the owner's TDR. */
  owner: number;
  /** TD epoch at the time of the last block. */
  bepoch: number;
}

/** What a walk of the table finds: the entry in use that covers an address, and its size. */
export interface PamtLeaf {
  readonly entry: PamtEntry;
  readonly level: number;
  readonly base: number;
}

/** Physical addresses carry the key number from this bit on (the module that was run: 46 bits of address). */
export const HKID_SHIFT = 46;

export class Pamt {
  /** Ranges that TDs may use: start and length in bytes. */
  readonly tdmrs: readonly (readonly [base: number, bytes: number])[];
  readonly #sizes: readonly Map<number, PamtEntry>[] = [new Map(), new Map(), new Map()];

  constructor(tdmrs: Pamt['tdmrs']) {
    this.tdmrs = tdmrs;
  }

  covers(hpa: number): boolean {
    return this.tdmrs.some(([base, bytes]) => hpa >= base && hpa < base + bytes);
  }

  /** The entry of this size, as it is, in use or not. */
  entry(hpa: number, level: number): PamtEntry {
    const key = Math.floor(hpa / levelBytes(level));
    const map = this.#sizes[level] as Map<number, PamtEntry>;
    let entry = map.get(key);
    if (entry === undefined) {
      entry = { type: 'NDA', owner: 0, bepoch: 0 };
      map.set(key, entry);
    }
    return entry;
  }

  /** The page in use that covers an address, largest size first. */
  find(hpa: number): PamtLeaf | undefined {
    for (const level of [2, 1, 0]) {
      const bytes = levelBytes(level);
      const key = Math.floor(hpa / bytes);
      const entry = this.#sizes[level]?.get(key);
      if (entry !== undefined && entry.type !== 'NDA') return { entry, level, base: key * bytes };
    }
    return undefined;
  }

  /** The type that covers an address. */
  typeOf(hpa: number): PageType {
    return this.find(hpa)?.entry.type ?? 'NDA';
  }

  #smallerInUse(hpa: number, level: number): boolean {
    for (let size = 0; size < level; size++) {
      for (const [key, entry] of this.#sizes[size] as Map<number, PamtEntry>) {
        const base = key * levelBytes(size);
        if (entry.type !== 'NDA' && base >= hpa && base < hpa + levelBytes(level)) return true;
      }
    }
    return false;
  }

  /** Checks that a page which a call names may be taken: its address, then that nobody has it. `tdr` is locked by the call itself. */
  checkFree(hpa: number, level: number, operand: TdxOperand, tdr?: number): TdxStatus | undefined {
    const wrong = this.checkAddress(hpa, level, operand);
    if (wrong !== undefined) return wrong;
    if (tdr !== undefined && tdr >= hpa && tdr < hpa + levelBytes(level)) {
      return new TdxStatus(
        'TDX_OPERAND_BUSY',
        operand,
        'The call already holds the lock of that page: it is the root page of the TD itself.',
      );
    }
    const found = this.find(hpa);
    if (found !== undefined || this.#smallerInUse(hpa, level)) {
      const role =
        found === undefined ? 'Smaller pages of that range are in use.' : `The page is in use as ${found.entry.type}.`;
      return new TdxStatus('TDX_PAGE_METADATA_INCORRECT', operand, `${role} A page has one owner and one role.`);
    }
    return undefined;
  }

  /** Aligned, without key bits, and inside memory that TDs may use. */
  checkAddress(hpa: number, level: number, operand: TdxOperand): TdxStatus | undefined {
    if (hpa % levelBytes(level) !== 0) {
      return new TdxStatus(
        'TDX_OPERAND_INVALID',
        operand,
        `${addressText(hpa)} is not aligned to ${levelBytes(level) / PAGE} pages of 4 KiB.`,
      );
    }
    if (hpa >= 2 ** HKID_SHIFT)
      return new TdxStatus('TDX_OPERAND_INVALID', operand, `${addressText(hpa)} has key bits set.`);
    if (!this.covers(hpa)) {
      return new TdxStatus(
        'TDX_OPERAND_ADDR_RANGE_ERROR',
        operand,
        `${addressText(hpa)} lies in no memory region for TDs.`,
      );
    }
    return undefined;
  }

  /** Gives a page a role and an owner. The epoch of an earlier block is forgotten. */
  take(hpa: number, level: number, type: PageType, owner: number): void {
    Object.assign(this.entry(hpa, level), { type, owner, bepoch: 0 });
  }

  /** Gives the page back: not directly assigned. */
  free(hpa: number, level: number): void {
    this.entry(hpa, level).type = 'NDA';
  }

  /** A page of this level and owner becomes 512 of the next smaller size. */
  split(hpa: number, level: number): void {
    const { owner } = this.entry(hpa, level);
    this.free(hpa, level);
    for (let i = 0; i < 512; i++) this.take(hpa + i * levelBytes(level - 1), level - 1, 'REG', owner);
  }

  /** 512 pages of one owner become one page of this level. */
  merge(hpa: number, level: number): void {
    const { owner } = this.entry(hpa, level - 1);
    for (let i = 0; i < 512; i++) this.free(hpa + i * levelBytes(level - 1), level - 1);
    Object.assign(this.entry(hpa, level), { type: 'REG', owner });
  }
}
