/**
 * What differs in KVM's part between kernels, as data. Sources: virt/kvm/guest_memfd.c and virt/kvm/kvm_main.c of the versions
 * named; 6.18.44 was recorded (content/evidence/guest_memfd). `not read` where the source was not read: a call whose answer
 * depends on it throws NotRead.
 */
import type { Kernel, NotReadRule } from '../linux/kernel.ts';
import { NotRead } from '../linux/notread.ts';

export interface KvmRules {
  /** Flag bits that KVM_CREATE_GUEST_MEMFD knows. */
  readonly guest_memfd_flags: number;
  /** Which VMs may bind a guest_memfd to a slot. */
  readonly guest_memfd_slots: 'VM types with private memory' | 'every VM type';
  /** A range of the file that another slot has. */
  readonly overlap_in_file: 'EINVAL' | 'EEXIST';
  /** How offset plus size of a binding is compared with the size of the file. */
  readonly end_of_binding: 'signed' | 'unsigned' | NotReadRule;
  /** mmap with PROT_EXEC of a guest_memfd: refused by its mount before the file is asked whether it can be mapped, or not. */
  readonly exec_mapping: 'EPERM' | 'as without PROT_EXEC' | NotReadRule;
  /** The vCPU ioctl KVM_PRE_FAULT_MEMORY. */
  readonly pre_fault: 'absent' | 'present' | NotReadRule;
  /**
   * kvm_gmem_populate (1f6c06b17751, in 6.11): absent, or what it answers for a page that was prepared before. The check came
   * with de80252414f3 between the merge window of 6.11 and its release; 7.0 dropped the record of what is prepared
   * (8622ef05709f; 20260207041011.913471-4-seanjc@google.com), so that only the processor's back-end can refuse.
   */
  readonly populate: 'absent' | 'EEXIST when prepared' | 'again allowed';
  /**
   * Whose NUMA policy a new page follows: that of the process that runs, or the one that mbind() stored in the file through a
   * mapping (20251016172853.52451-1-seanjc@google.com, merged for 6.19).
   */
  readonly numa_policy: 'of the task' | 'of the file';
}

const FIRST: KvmRules = {
  guest_memfd_flags: 0,
  guest_memfd_slots: 'VM types with private memory',
  overlap_in_file: 'EINVAL',
  end_of_binding: 'not read',
  exec_mapping: 'not read',
  pre_fault: 'absent',
  populate: 'absent',
  numa_policy: 'of the task',
};

const RECORDED: KvmRules = {
  guest_memfd_flags: 3,
  guest_memfd_slots: 'every VM type',
  overlap_in_file: 'EINVAL',
  end_of_binding: 'signed',
  exec_mapping: 'EPERM',
  pre_fault: 'not read',
  populate: 'EEXIST when prepared',
  numa_policy: 'of the task',
};

/** By version of the kernel. */
export const KVM_RULES: Readonly<Record<string, KvmRules>> = {
  '6.8': FIRST,
  // By its commits: bc1a5cd00211 (KVM_PRE_FAULT_MEMORY), 1f6c06b17751, de80252414f3 and e4ee54479273. The file at the tag was not read.
  '6.11': { ...FIRST, pre_fault: 'present', populate: 'EEXIST when prepared' },
  '6.12.117': {
    ...FIRST,
    end_of_binding: 'unsigned',
    exec_mapping: 'as without PROT_EXEC',
    pre_fault: 'present',
    populate: 'EEXIST when prepared',
  },
  '6.16.1': { ...FIRST, pre_fault: 'present', populate: 'EEXIST when prepared' },
  '6.18.44': RECORDED,
  // Patch 13 and its neighbors as carried on a 6.18 kernel; the file at the tag was not read.
  '6.19': { ...RECORDED, end_of_binding: 'not read', exec_mapping: 'not read', numa_policy: 'of the file' },
  '01f492e1817e': { ...RECORDED, end_of_binding: 'not read', populate: 'again allowed', numa_policy: 'of the file' },
  '7.3.4': {
    ...RECORDED,
    overlap_in_file: 'EEXIST',
    end_of_binding: 'unsigned',
    populate: 'again allowed',
    numa_policy: 'of the file',
  },
};

/** A kernel that brings its own KVM: a proposal, or a rule changed on purpose. */
export interface KvmKernel extends Kernel {
  readonly kvm: KvmRules;
}

/** A rule that the answer at hand depends on; throws NotRead where it was not read. */
export function kvmRule<K extends keyof KvmRules>(
  kernel: Kernel | KvmKernel,
  key: K,
): Exclude<KvmRules[K], NotReadRule> {
  const value = kvmRules(kernel)[key];
  if (value === 'not read') throw new NotRead(`${kernel.name}: what decides here (${key}) was not read.`);
  return value as Exclude<KvmRules[K], NotReadRule>;
}

/** KVM's rules of a kernel; throws NotRead where they were not read. */
export function kvmRules(kernel: Kernel | KvmKernel): KvmRules {
  const rules = 'kvm' in kernel ? kernel.kvm : KVM_RULES[kernel.version];
  if (rules === undefined) throw new NotRead(`${kernel.name}: virt/kvm was not read.`);
  return rules;
}
