/**
 * Four ways of asking whether a VM is a TDX one, as the debate of May 2024 had them, and what each of them really asks.
 * Sources: patch 08 of 20240515005952.3410568-1-rick.p.edgecombe@intel.com (the shared mask), ZkTWDfuYD-ThdYe6@google.com
 * (the VM type), 20240515162240.GC168153@ls.amr.corp.intel.com (has_mirrored_pt), and Kai Huang's proposal as quoted in
 * 20240516172703.GK168153@ls.amr.corp.intel.com (the fault, and whether the hook exists).
 */
import { KVM_X86_DEFAULT_VM, KVM_X86_SNP_VM, KVM_X86_SW_PROTECTED_VM, KVM_X86_TDX_VM } from '../../kvm/constants.ts';

/** One VM on one machine, as far as the questions go. */
export interface VmKind {
  readonly name: string;
  readonly vm_type: number;
  /** kvm_gfn_shared_mask(): the bit of a guest frame number that means shared; 0 where there is none. */
  readonly gfn_shared_mask: number;
  /** Somebody else owns the table for private memory, and KVM mirrors it. */
  readonly has_mirrored_pt: boolean;
  /** Guest memory can be private at all. */
  readonly has_private_mem: boolean;
  /** The module's table of operations (kvm_x86_ops) has set_private_spte: one table for all VMs of the machine. */
  readonly set_private_spte: boolean;
}

const BIT_47 = 2 ** 35;

export const VM_KINDS: VmKind[] = [
  {
    name: 'ordinary VM, TDX machine',
    vm_type: KVM_X86_DEFAULT_VM,
    gfn_shared_mask: 0,
    has_mirrored_pt: false,
    has_private_mem: false,
    set_private_spte: true,
  },
  {
    name: 'software-protected VM, TDX machine',
    vm_type: KVM_X86_SW_PROTECTED_VM,
    gfn_shared_mask: 0,
    has_mirrored_pt: false,
    has_private_mem: true,
    set_private_spte: true,
  },
  {
    name: 'SNP guest',
    vm_type: KVM_X86_SNP_VM,
    gfn_shared_mask: 0,
    has_mirrored_pt: false,
    has_private_mem: true,
    set_private_spte: false,
  },
  {
    name: 'TDX guest',
    vm_type: KVM_X86_TDX_VM,
    gfn_shared_mask: BIT_47,
    has_mirrored_pt: true,
    has_private_mem: true,
    set_private_spte: true,
  },
];

/** A question, and what it says of a fault on private memory where the VM can have one. */
export interface Question {
  readonly name: string;
  readonly by: string;
  readonly ask: (vm: VmKind) => boolean;
}

export const SHARED_MASK: Question = {
  name: 'kvm_gfn_shared_mask(kvm)',
  by: 'the patch',
  ask: (vm) => vm.gfn_shared_mask !== 0,
};

export const VM_TYPE: Question = {
  name: 'vm_type',
  by: 'Sean Christopherson',
  ask: (vm) => vm.vm_type === KVM_X86_TDX_VM,
};

export const HAS_MIRRORED_PT: Question = {
  name: 'has_mirrored_pt',
  by: 'Isaku Yamahata',
  ask: (vm) => vm.has_mirrored_pt,
};

export const FAULT_AND_HOOK: Question = {
  name: 'fault->is_private and the hook exists',
  by: 'Kai Huang',
  ask: (vm) => vm.has_private_mem && vm.set_private_spte,
};

export const QUESTIONS: readonly Question[] = [SHARED_MASK, VM_TYPE, HAS_MIRRORED_PT, FAULT_AND_HOOK];

/** The VMs of the list for which a question says yes. */
export const yes = (question: Question): string[] => VM_KINDS.filter(question.ask).map(({ name }) => name);
