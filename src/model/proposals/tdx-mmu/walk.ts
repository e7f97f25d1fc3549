/**
 * The functions through which a change of an entry runs, with the parameters that they had before any of this, and what each
 * of the five carriers of 2024-05-16 has to add to them.
 * Source of the functions: arch/x86/kvm/mmu/tdp_mmu.c of torvalds/linux at 0089c055b560, read. Parameters that carry nothing
 * (vcpu, kvm, flags of the lock, old and new value, level) are left out, and so are huge pages.
 */

/** What a function gets that could tell which table it is at work on. */
export type Parameter = 'fault' | 'root' | 'iter' | 'sptep' | 'gfn' | 'pt' | 'is_mirror';

interface Step {
  readonly name: string;
  readonly has: readonly Parameter[];
}

const step = (name: string, ...has: Parameter[]): Step => ({ name, has });

/** From the outside to where the entry is written. */
export interface Path {
  readonly name: string;
  readonly steps: readonly Step[];
}

/** A fault sets a leaf. */
export const FAULT_LEAF: Path = {
  name: 'fault sets a leaf',
  steps: [
    step('kvm_tdp_mmu_map', 'fault'),
    step('tdp_mmu_map_handle_target_level', 'fault', 'iter'),
    step('tdp_mmu_set_spte_atomic', 'iter'),
    step('__tdp_mmu_set_spte_atomic', 'iter'),
  ],
};

/** A fault puts a page of entries below an entry. */
export const FAULT_LINK: Path = {
  name: 'fault links a page',
  steps: [
    step('kvm_tdp_mmu_map', 'fault'),
    step('tdp_mmu_link_sp', 'iter'),
    step('tdp_mmu_set_spte_atomic', 'iter'),
    step('__tdp_mmu_set_spte_atomic', 'iter'),
  ],
};

/** A hole or an attribute takes a leaf. */
export const ZAP_LEAF: Path = {
  name: 'zap of a leaf',
  steps: [
    step('kvm_tdp_mmu_unmap_gfn_range'),
    step('tdp_mmu_zap_leafs', 'root'),
    step('tdp_mmu_iter_set_spte', 'iter'),
    step('tdp_mmu_set_spte', 'sptep', 'gfn'),
  ],
};

/** A root goes, with everything below it. */
export const ZAP_PAGE: Path = {
  name: 'zap of a page of entries',
  steps: [
    step('tdp_mmu_zap_root', 'root'),
    step('__tdp_mmu_zap_root', 'root'),
    step('tdp_mmu_set_spte_atomic', 'iter'),
    step('handle_changed_spte', 'gfn'),
    step('handle_removed_pt', 'pt'),
  ],
};

export const PATHS: readonly Path[] = [FAULT_LEAF, FAULT_LINK, ZAP_LEAF, ZAP_PAGE];

/** Whether a path starts with a fault. */
export const hasFault = (path: Path): boolean => path.steps[0]?.has.includes('fault') === true;
