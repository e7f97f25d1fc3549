/**
 * The TDP MMU: second-stage tables of one VM. A direct root, which the processor walks; and, where the VM's private table
 * belongs to somebody else, a mirror root, which only KVM walks and whose every change is passed on through hooks.
 * Source: arch/x86/kvm/mmu/tdp_mmu.c, mmu.c, Linux 6.16.1, read. Left out: large pages, write protection and dirty logging,
 * yielding, locks other than by their names in comments, invalid roots that outlive their zap.
 */
import { Errno } from '../../errno.ts';
import type { Host } from '../../linux/host.ts';
import type { Frame } from '../../machine/memory.ts';
import type { TablesPicture } from '../../picture.ts';
import { gpaText } from '../exit.ts';
import { type Addresses, gpa_to_gfn, kvm_gfn_root_bits, kvm_is_addr_direct } from './address.ts';
import type { ExternalTable } from './external.ts';
import { FROZEN_SPTE, framesOf, indexOf, MmuPage, PT64_ROOT_4LEVEL, SHADOW_NONPRESENT_VALUE, Spte } from './page.ts';
import { tdpPicture } from './picture.ts';
import {
  KVM_FILTER_PRIVATE,
  KVM_FILTER_SHARED,
  leafCount,
  kvm_mmu_uninit_tdp_mmu as uninit,
  kvm_tdp_mmu_unmap_gfn_range as unmapRange,
  kvm_mmu_zap_all_fast as zapAllFast,
  kvm_zap_gfn_range as zapRange,
} from './zap.ts';

/** What a fault comes to. RETRY: the guest runs again and faults again. */
export type RetPf = 'RET_PF_FIXED' | 'RET_PF_RETRY' | 'RET_PF_SPURIOUS';

export interface TdpMmuOptions {
  /** The bit of a guest frame number that selects the direct root; 0 for VMs without a mirror. */
  readonly gfn_direct_bits?: number;
  /** Levels of the tables: four reach 48 bits of guest address, five 57. */
  readonly levels?: 4 | 5;
  /** Who owns the external table; with it the VM has a mirror root. */
  readonly external?: ExternalTable;
}

/** One entry on the way from a root to a leaf. */
export interface Place {
  readonly page: MmuPage;
  readonly index: number;
  /** First guest frame number of the entry, without direct bits. */
  readonly gfn: number;
}

export class TdpMmu implements Addresses {
  readonly host: Host;
  readonly gfn_direct_bits: number;
  readonly external: ExternalTable | undefined;
  readonly levels: number;
  direct: MmuPage;
  readonly mirror: MmuPage | undefined;
  /** Why KVM_BUG_ON ended the VM; after that it runs no more. */
  bugged: string | undefined;
  /** Called once, when the VM is found to be broken. */
  whenBugged: (() => void) | undefined;

  constructor(host: Host, options: TdpMmuOptions = {}) {
    this.host = host;
    this.gfn_direct_bits = options.gfn_direct_bits ?? 0;
    this.external = options.external;
    this.levels = options.levels ?? PT64_ROOT_4LEVEL;
    this.direct = new MmuPage({ level: this.levels, is_mirror: false }, 0);
    this.mirror = options.external && new MmuPage({ level: this.levels, is_mirror: true }, 0);
  }

  /** The roots that are valid now. */
  get roots(): readonly MmuPage[] {
    return this.mirror === undefined ? [this.direct] : [this.direct, this.mirror];
  }

  /** Direct, mirror and external table side by side; what changed since the last picture is marked. */
  picture(title: string): TablesPicture {
    return tdpPicture(this, title);
  }

  /** Leaves of the direct root and of the mirror root: for looking at it, no call. */
  get leaves(): { direct: number; mirror: number } {
    return {
      direct: leafCount(this, this.direct),
      mirror: this.mirror === undefined ? 0 : leafCount(this, this.mirror),
    };
  }

  /**
   * kvm_tdp_mmu_unmap_gfn_range: leaves of `[first, end)` in the roots that a filter selects, both by default. Guest frame
   * numbers without direct bits; how many leaves went.
   */
  unmap(first: number, end: number, filter = KVM_FILTER_SHARED | KVM_FILTER_PRIVATE): number {
    return this.host.step('kvm', 'kvm_tdp_mmu_unmap_gfn_range', [String(first), String(end)], () =>
      unmapRange(this, first, end, filter),
    );
  }

  /** Leaves of `[first, end)` in every valid root; how many went. */
  kvm_zap_gfn_range(first: number, end: number): number {
    return this.host.step('kvm', 'kvm_zap_gfn_range', [String(first), String(end)], () => zapRange(this, first, end));
  }

  /** The whole direct root and nothing of the mirror; how many leaves went. */
  kvm_mmu_zap_all_fast(): number {
    return this.host.step('kvm', 'kvm_mmu_zap_all_fast', [], () => zapAllFast(this));
  }

  /** kvm_mmu_uninit_tdp_mmu: both roots go, from the leaves up. */
  uninit(): void {
    this.host.step('kvm', 'kvm_mmu_uninit_tdp_mmu', [], () => uninit(this));
  }

  /** KVM_BUG_ON: the VM is dead from here on. Answers the condition. */
  KVM_BUG_ON(condition: boolean, why: string): boolean {
    if (condition && this.bugged === undefined) {
      this.bugged = why;
      this.whenBugged?.();
      this.host.note(`KVM_BUG_ON: ${why}`);
    }
    return condition;
  }

  /** The root that a fault is for: the mirror root exactly if the address is not direct (tdp_mmu_get_root_for_fault). */
  tdp_mmu_get_root_for_fault(gpa: number): MmuPage {
    return kvm_is_addr_direct(this, gpa) ? this.direct : (this.mirror as MmuPage);
  }

  /** The entry of a root for a guest frame at a level, and the pages above it as far as they exist. */
  place(root: MmuPage, gfn: number, level: number): Place | undefined {
    const bits = kvm_gfn_root_bits(this, root);
    let page = root;
    for (;;) {
      const own = page.role.level;
      const index = indexOf(gfn + bits, own);
      if (own === level) return { page, index, gfn: gfn - (gfn % framesOf(own)) };
      const below = page.get(index).page;
      if (below === undefined) return undefined;
      page = below;
    }
  }

  /** A page of the machine for the guest. */
  new_page(): Frame {
    const frame = this.host.memory.allocate();
    if (frame === undefined) throw new RangeError('The machine has no free memory.');
    return frame;
  }

  /** The entry's value: not present where the pages above it do not exist. */
  spte(which: 'direct' | 'mirror' | MmuPage, gfn: number, level = 1): Spte {
    const root = typeof which === 'string' ? this[which] : which;
    if (root === undefined) return SHADOW_NONPRESENT_VALUE;
    const place = this.place(root, gfn, level);
    return place === undefined ? SHADOW_NONPRESENT_VALUE : place.page.get(place.index);
  }

  /** Handles a fault: builds the pages down to level 1 and sets the leaf. `gpa` in bytes, with its direct bits; a fresh page unless one is given. */
  kvm_tdp_mmu_map(gpa: number, frame: Frame = this.new_page()): RetPf {
    return this.host.step('kvm', 'kvm_tdp_mmu_map', [gpaText(gpa)], () => this.#map(gpa, frame));
  }

  #map(gpa: number, frame: Frame): RetPf {
    const root = this.tdp_mmu_get_root_for_fault(gpa);
    const gfn = gpa_to_gfn(this, gpa);
    for (let level = root.role.level; level > 1; level--) {
      const place = this.place(root, gfn, level) as Place;
      const old = place.page.get(place.index);
      if (old === FROZEN_SPTE) return 'RET_PF_RETRY';
      if (old.present) continue;
      if (this.#link(place) instanceof Errno) return 'RET_PF_RETRY';
    }
    const place = this.place(root, gfn, 1) as Place;
    const old = place.page.get(place.index);
    if (old === FROZEN_SPTE) return 'RET_PF_RETRY';
    if (old.frame === frame) return 'RET_PF_SPURIOUS';
    return this.tdp_mmu_set_spte_atomic(place, new Spte('leaf', frame)) instanceof Errno
      ? 'RET_PF_RETRY'
      : 'RET_PF_FIXED';
  }

  /** A page of entries below an entry (tdp_mmu_link_sp); in a mirror it comes with the page that the owner will use. */
  #link(place: Place): 0 | Errno {
    const { level, is_mirror } = place.page.role;
    const external = is_mirror ? this.host.memory.allocate() : undefined;
    const page = new MmuPage({ level: level - 1, is_mirror }, place.gfn, external);
    const answer = this.tdp_mmu_set_spte_atomic(place, new Spte('table', page));
    if (answer instanceof Errno && external !== undefined) this.host.memory.put(external);
    return answer;
  }

  /** Sets an entry while other vCPUs may be at work (mmu_lock held for reading). Errors: EBUSY, and what a hook answers. */
  tdp_mmu_set_spte_atomic(place: Place, value: Spte): 0 | Errno {
    const { page, index } = place;
    const old = page.get(index);
    if (old === FROZEN_SPTE) return new Errno('EBUSY', 'Somebody else is at work on the entry.');
    if (!page.role.is_mirror) {
      page.write(index, value);
      return 0;
    }
    const wrong = 'an entry of a mirror is only set while it is not present, and only removed under the write lock';
    if (this.KVM_BUG_ON(!value.present, wrong)) return new Errno('EBUSY', 'A mirror is not zapped here.');
    this.KVM_BUG_ON(old.present, wrong);
    return this.#present(place, old, value);
  }

  /** Freeze, tell the owner, unfreeze: with the new value, or with the old one if the owner refused (set_external_spte_present). */
  #present({ page, index, gfn }: Place, old: Spte, value: Spte): 0 | Errno {
    const external = this.external as ExternalTable;
    const { level } = page.role;
    page.write(index, FROZEN_SPTE);
    this.host.note(`mirror entry of level ${level} for gfn 0x${gfn.toString(16)} frozen`);
    const answer =
      value.frame === undefined
        ? external.link_external_spt(gfn, level, (value.page as MmuPage).external_spt as Frame)
        : external.set_external_spte(gfn, level, value.frame);
    page.write(index, answer instanceof Errno ? old : value);
    this.host.note(answer instanceof Errno ? `old value put back: ${old.show()}` : `entry set: ${value.show()}`);
    return answer;
  }

  /** Sets an entry while nobody else is at work (mmu_lock held for writing): in a mirror only to remove a leaf. */
  tdp_mmu_set_spte({ page, index, gfn }: Place, value: Spte): void {
    const old = page.get(index);
    page.write(index, value);
    if (!page.role.is_mirror) return;
    this.KVM_BUG_ON(value.present, 'an entry of a mirror becomes present under the write lock');
    if (old.frame === undefined) return;
    const answer = this.external?.remove_external_spte(gfn, page.role.level, old.frame);
    this.host.note(`mirror entry for gfn 0x${gfn.toString(16)} removed`);
    this.KVM_BUG_ON(answer instanceof Errno, 'the owner of the external table did not remove a leaf');
  }
}
