/**
 * Pages of a second-stage page table as KVM keeps them (struct kvm_mmu_page), and the values that an entry has.
 * Source: arch/x86/kvm/mmu/mmu_internal.h, spte.h, arch/x86/include/asm/kvm_host.h, Linux 6.16.1, read. Left out: access bits,
 * permissions, write protection, large pages, memory-mapped I/O, shadow paging.
 */
import type { Frame } from '../../machine/memory.ts';
import type { Showable } from '../../show.ts';

/** Entries of one page. */
export const SPTE_ENT_PER_PAGE = 512;

/** Level of the root in four-level paging. Level 1 maps pages of 4 KiB. */
export const PT64_ROOT_4LEVEL = 4;

/** The part of `union kvm_mmu_page_role` that this argument needs. */
export interface Role {
  /** Level of the entries that the page holds, from 1. */
  readonly level: number;
  /** The page belongs to a mirror of an external table (role.is_mirror, 6961ab0bae52). */
  readonly is_mirror: boolean;
}

/** One page of a table. */
export class MmuPage {
  readonly role: Role;
  /** First guest frame number that the page covers, without the direct bits. */
  readonly gfn: number;
  /** In a mirror: the page that the owner of the external table uses for the same part of it; the root has none here. */
  readonly external_spt: Frame | undefined;
  readonly #entries = new Map<number, Spte>();

  constructor(role: Role, gfn: number, external_spt?: Frame) {
    this.role = role;
    this.gfn = gfn;
    this.external_spt = external_spt;
  }

  get(index: number): Spte {
    return this.#entries.get(index) ?? SHADOW_NONPRESENT_VALUE;
  }

  /** A plain store into the entry. */
  write(index: number, value: Spte): void {
    if (value.kind === 'none') this.#entries.delete(index);
    else this.#entries.set(index, value);
  }

  /** The entries that are not empty, in order. */
  entries(): [index: number, value: Spte][] {
    return [...this.#entries].sort(([a], [b]) => a - b);
  }
}

/** The value of one entry. */
export class Spte implements Showable {
  readonly kind: 'none' | 'frozen' | 'leaf' | 'table';
  /** The page that a leaf maps. */
  readonly frame: Frame | undefined;
  /** The page of entries below. */
  readonly page: MmuPage | undefined;

  constructor(kind: Spte['kind'], target?: Frame | MmuPage) {
    this.kind = kind;
    this.page = target instanceof MmuPage ? target : undefined;
    this.frame = target instanceof MmuPage ? undefined : target;
  }

  get present(): boolean {
    return this.kind === 'leaf' || this.kind === 'table';
  }

  show(): string {
    if (this.kind === 'leaf') return `leaf → page frame 0x${(this.frame as Frame).pfn.toString(16)}`;
    if (this.kind === 'table') return `table of level ${(this.page as MmuPage).role.level}`;
    return this.kind === 'frozen' ? 'FROZEN_SPTE' : 'not present';
  }
}

/** Nothing is mapped, and nobody is at work on the entry. */
export const SHADOW_NONPRESENT_VALUE = new Spte('none');

/** Not present, and somebody is at work on it: nobody else may use or change it (REMOVED_SPTE until 964cea817196). */
export const FROZEN_SPTE = new Spte('frozen');

/** Guest frames that one entry of this level covers. */
export const framesOf = (level: number): number => SPTE_ENT_PER_PAGE ** (level - 1);

/** Which entry of a page of this level covers a guest frame; `gfn` with the bits of its root. */
export const indexOf = (gfn: number, level: number): number => Math.floor(gfn / framesOf(level)) % SPTE_ENT_PER_PAGE;
