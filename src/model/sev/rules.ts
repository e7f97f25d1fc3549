/**
 * What differs in KVM's part of SEV between kernels, as data: sharing and moving an encryption context.
 * Sources: arch/x86/kvm/svm/sev.c of 6.16.1, and the commits named with each entry of kernels.ts.
 */
import type { KvmKernel } from '../kvm/rules.ts';
import type { Kernel } from '../linux/kernel.ts';
import { NotRead } from '../linux/notread.ts';

/** Numbers of the capabilities. Source: include/uapi/linux/kvm.h, Linux 6.16.1. */
export const KVM_CAP_VM_COPY_ENC_CONTEXT_FROM = 197;
export const KVM_CAP_VM_MOVE_ENC_CONTEXT_FROM = 206;

/** The commands of KVM_MEMORY_ENCRYPT_OP for SEV and SEV-ES. Source: arch/x86/include/uapi/asm/kvm.h, Linux 6.16.1. */
export const SEV_COMMANDS = [
  'KVM_SEV_INIT',
  'KVM_SEV_ES_INIT',
  'KVM_SEV_INIT2',
  'KVM_SEV_LAUNCH_START',
  'KVM_SEV_LAUNCH_UPDATE_DATA',
  'KVM_SEV_LAUNCH_UPDATE_VMSA',
  'KVM_SEV_LAUNCH_MEASURE',
  'KVM_SEV_LAUNCH_SECRET',
  'KVM_SEV_LAUNCH_FINISH',
  'KVM_SEV_GUEST_STATUS',
  'KVM_SEV_DBG_DECRYPT',
  'KVM_SEV_DBG_ENCRYPT',
  'KVM_SEV_GET_ATTESTATION_REPORT',
  'KVM_SEV_SEND_START',
  'KVM_SEV_SEND_UPDATE_DATA',
  'KVM_SEV_SEND_FINISH',
  'KVM_SEV_SEND_CANCEL',
  'KVM_SEV_RECEIVE_START',
  'KVM_SEV_RECEIVE_UPDATE_DATA',
  'KVM_SEV_RECEIVE_FINISH',
] as const;

export type SevCommand = (typeof SEV_COMMANDS)[number];

export interface SevRules {
  /** The capability that shares a context, by its number, and which VM it is called on. */
  readonly copy: { readonly capability: number; readonly called_on: 'source' | 'target' };
  /** How the kernel tells a mirror: by the field with its owner, or by the address of that field, which every VM has. */
  readonly mirror_test: 'the field' | 'the address of the field';
  /** The error for what a mirror may not do, and for a VM that cannot be source or target of a copy. */
  readonly mirror_error: 'ENOTTY' | 'EINVAL';
  /** Commands of KVM_MEMORY_ENCRYPT_OP that a mirror may use. */
  readonly mirror_commands: readonly SevCommand[];
  /** What the mirror gets. */
  readonly mirror_gets: 'ASID' | 'ASID, handle and SEV-ES flag';
  /** A target that has vCPUs already. */
  readonly target_with_vcpus: 'accepted' | 'EINVAL';
  /** Destroying a mirror leaves the lock of its structure taken. */
  readonly destroy_keeps_lock: boolean;
  /** A descriptor that is not a VM's keeps the reference that was taken to look at it. */
  readonly wrong_fd_leaks: boolean;
  /** KVM_CAP_VM_MOVE_ENC_CONTEXT_FROM, for a source that has mirrors. */
  readonly move: 'absent' | 'mirrors stay behind' | 'EBUSY' | 'mirrors follow';
  /** What is done when pages are taken from a guest that runs: nothing, as they are taken to be pinned, or WBINVD. */
  readonly reclaim: 'not flushed' | 'WBINVD';
  /** KVM_SEV_INIT2 and the VM types that go with it. */
  readonly init2: boolean;
  /** What a moved mirror is at its new place. */
  readonly moved_mirror: 'an owner' | 'a mirror';
}

/** A kernel with SEV. */
export interface SevKernel extends KvmKernel {
  readonly sev: SevRules;
}

/** The SEV rules of a kernel; throws NotRead where arch/x86/kvm/svm/sev.c was not read. */
export function sevRules(kernel: Kernel): SevRules {
  const rules = (kernel as Partial<SevKernel>).sev;
  if (rules === undefined) throw new NotRead(`${kernel.name}: arch/x86/kvm/svm/sev.c was not read.`);
  return rules;
}
