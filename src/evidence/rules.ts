/** The rules that differ between kernels, in words: what the table of versions shows. */
import type { KvmRules, Rules } from '../model/index.ts';

/** Rules that are said in words; the flag words `seals` and `memfd_flags` are shown elsewhere. */
export type WordedRule = Exclude<keyof Rules, 'seals' | 'memfd_flags'>;

export const RULE_WORDS: Readonly<Record<WordedRule, string>> = {
  seal_argument: 'What of the argument of F_ADD_SEALS counts',
  exec_seal_implies: 'Seals that F_SEAL_EXEC brings along are added',
  shared_readonly_of_write_sealed: 'Shared mapping without PROT_WRITE of a write-sealed file',
  noexec_2_without_flag: 'vm.memfd_noexec = 2, neither exec flag given',
  noexec_2_with_exec: 'vm.memfd_noexec = 2, MFD_EXEC given',
  noexec_scope: 'vm.memfd_noexec over PID namespaces',
  secretmem_limit: 'Secret pages held against RLIMIT_MEMLOCK',
  secretmem_mapping: 'Mapping of secret memory',
  write_buffer: 'write(2) looks at its buffer',
};

export type KvmRuleName = keyof KvmRules;

export const KVM_RULE_WORDS: Readonly<Record<KvmRuleName, string>> = {
  guest_memfd_flags: 'Flag bits of KVM_CREATE_GUEST_MEMFD (1 MMAP, 2 INIT_SHARED)',
  guest_memfd_slots: 'Who may bind a guest_memfd to a slot',
  overlap_in_file: 'A range of the file that another slot has',
  end_of_binding: 'Offset plus size against the size of the file',
  exec_mapping: 'mmap of a guest_memfd with PROT_EXEC',
  pre_fault: 'KVM_PRE_FAULT_MEMORY',
  populate: 'kvm_gmem_populate of a page that was prepared before',
  numa_policy: 'NUMA policy that a new page follows',
};
