/**
 * What takes entries away: which event reaches which root, and whether it takes leaves or everything.
 * Source: arch/x86/kvm/mmu/tdp_mmu.c, tdp_mmu.h (kvm_gfn_range_filter_to_root_types), mmu.c (kvm_arch_flush_shadow_memslot),
 * Linux 6.16.1, read. The order inside a page of entries is that of handle_removed_pt: what is below goes first.
 */
import { Errno } from '../../errno.ts';
import { kvm_gfn_root_bits } from './address.ts';
import type { Place, TdpMmu } from './mmu.ts';
import { framesOf, MmuPage, SHADOW_NONPRESENT_VALUE, SPTE_ENT_PER_PAGE } from './page.ts';

/** Which half of the guest's memory an event concerns (enum kvm_gfn_range_filter); a mask. */
export const KVM_FILTER_SHARED = 1;
export const KVM_FILTER_PRIVATE = 2;

/** The roots that a filter selects: without a mirror everything is in the direct root. */
function rootsOf(mmu: TdpMmu, filter: number): MmuPage[] {
  if (mmu.mirror === undefined) return [mmu.direct];
  return [
    ...((filter & KVM_FILTER_SHARED) !== 0 ? [mmu.direct] : []),
    ...((filter & KVM_FILTER_PRIVATE) !== 0 ? [mmu.mirror] : []),
  ];
}

/** Every leaf below a page whose guest frame lies in `[start, end)`. */
function leaves(mmu: TdpMmu, page: MmuPage, start: number, end: number): Place[] {
  const frames = framesOf(page.role.level);
  return page.entries().flatMap(([index, value]): Place[] => {
    const gfn = gfnOf(mmu, page, index);
    if (gfn >= end || gfn + frames <= start) return [];
    if (value.page !== undefined) return leaves(mmu, value.page, start, end);
    return value.frame === undefined ? [] : [{ page, index, gfn }];
  });
}

/** The guest frame number of an entry without direct bits: the index holds the bit, the page's own number does not. */
export function gfnOf(mmu: TdpMmu, page: MmuPage, index: number): number {
  const frames = framesOf(page.role.level);
  const bits = Math.floor(kvm_gfn_root_bits(mmu, page) / frames) % SPTE_ENT_PER_PAGE;
  return page.gfn + (index - bits) * frames;
}

/** Takes the leaves of a range out of one root; how many (tdp_mmu_zap_leafs). The pages above them stay. */
function zapLeafs(mmu: TdpMmu, root: MmuPage, start: number, end: number): number {
  const found = leaves(mmu, root, start, end);
  for (const place of found) mmu.tdp_mmu_set_spte(place, SHADOW_NONPRESENT_VALUE);
  return found.length;
}

/** Everything below a page, children first; a page of a mirror is given back by the owner of the external table. */
function removePage(mmu: TdpMmu, page: MmuPage): void {
  for (const [index, value] of page.entries()) {
    if (value.page !== undefined) removePage(mmu, value.page);
    mmu.tdp_mmu_set_spte({ page, index, gfn: gfnOf(mmu, page, index) }, SHADOW_NONPRESENT_VALUE);
  }
  if (page.external_spt === undefined) return;
  const answer = mmu.external?.free_external_spt(page.gfn, page.role.level, page.external_spt);
  if (answer instanceof Errno) mmu.host.note(`page frame ${page.external_spt.pfn} is lost: ${answer.why}`);
  else mmu.host.memory.put(page.external_spt);
}

/** MMU notifiers, guest_memfd and attribute changes: the leaves of the half that they name. How many went. */
export function kvm_tdp_mmu_unmap_gfn_range(mmu: TdpMmu, start: number, end: number, filter: number): number {
  return rootsOf(mmu, filter).reduce((sum, root) => sum + zapLeafs(mmu, root, start, end), 0);
}

/** Memory types, APIC page: the leaves of a range in every valid root, whatever it is. How many went. */
export function kvm_zap_gfn_range(mmu: TdpMmu, start: number, end: number): number {
  return mmu.roots.reduce((sum, root) => sum + zapLeafs(mmu, root, start, end), 0);
}

/** The whole direct root, replaced by an empty one. A mirror root stays. How many leaves went. */
export function kvm_mmu_zap_all_fast(mmu: TdpMmu): number {
  const found = leaves(mmu, mmu.direct, 0, Number.MAX_SAFE_INTEGER).length;
  const old = mmu.direct;
  mmu.direct = new MmuPage({ level: mmu.levels, is_mirror: false }, 0);
  removePage(mmu, old);
  return found;
}

/** The VM's last moment: the direct root, then the mirror root with every page of the external table. */
export function kvm_mmu_uninit_tdp_mmu(mmu: TdpMmu): void {
  removePage(mmu, mmu.direct);
  if (mmu.mirror !== undefined) removePage(mmu, mmu.mirror);
}

/** How many leaves a root has. */
export const leafCount = (mmu: TdpMmu, root: MmuPage): number => leaves(mmu, root, 0, Number.MAX_SAFE_INTEGER).length;
