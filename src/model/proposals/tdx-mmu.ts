/**
 * The debate about KVM's page tables for TDX, May 2024: what was proposed and not taken, small enough to compare. Patch 08/16 of
 * 20240515005952.3410568-1-rick.p.edgecombe@intel.com and the thread below it; nothing of this was merged, except the page role.
 *
 * Left out: which function of the posted series held the hooks; the walk is the one of mainline at that time (walk.ts).
 */
import type { TdpMmu } from '../kvm/tdp/mmu.ts';

export {
  FAULT_AND_HOOK,
  HAS_MIRRORED_PT,
  QUESTIONS,
  type Question,
  SHARED_MASK,
  VM_KINDS,
  VM_TYPE,
  type VmKind,
  yes,
} from './tdx-mmu/asking.ts';
export {
  atFault,
  atZap,
  CARRIERS,
  type Carrier,
  FROM_THE_GFN,
  IN_THE_ITERATOR,
  IN_THE_PAGE_ROLE,
  type Outcome,
  PASS_A_FLAG,
  PASS_THE_FAULT,
  survivesZap,
  touched,
} from './tdx-mmu/carriers.ts';
export { UnmirroredMmu } from './tdx-mmu/unmirrored.ts';
export { FAULT_LEAF, FAULT_LINK, PATHS, type Path, ZAP_LEAF, ZAP_PAGE } from './tdx-mmu/walk.ts';

/**
 * kvm_zap_gfn_range() with patch 08: a VM with a shared bit is dead from here on, whatever the range and whoever asked; the
 * leaves go as in mainline. Guest frame numbers; how many leaves went.
 */
export function kvm_zap_gfn_range_posted(mmu: TdpMmu, first: number, end: number): number {
  return mmu.host.step('kvm', 'kvm_zap_gfn_range', [String(first), String(end)], () => {
    const mask = kvm_gfn_shared_mask(mmu);
    mmu.KVM_BUG_ON(mask !== 0, 'kvm_zap_gfn_range() on a VM with a shared bit');
    return mmu.kvm_zap_gfn_range(first, end);
  });
}

/** The mask that the series of that time used as a test: the bit of a guest frame number that means shared. */
export const kvm_gfn_shared_mask = (mmu: TdpMmu): number => mmu.gfn_direct_bits;
