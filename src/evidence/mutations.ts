/**
 * Breaks the model on purpose, one rule at a time, and counts the recordings that notice. A check that cannot fail proves
 * nothing; a rule that no recording notices is covered by reading alone, and the site says so.
 */
import type { Extension, Inode, Kernel, Rules } from '../model/index.ts';
import {
  Errno,
  F_SEAL_EXEC,
  F_SEAL_FUTURE_WRITE,
  F_SEAL_GROW,
  F_SEAL_SEAL,
  F_SEAL_SHRINK,
  F_SEAL_WRITE,
  linux,
} from '../model/index.ts';
import { type KvmKernel, type KvmRules, kvmRules } from '../model/kvm/rules.ts';
import { replay } from './replay.ts';
import type { Trace } from './trace.ts';

export interface Mutation {
  readonly id: string;
  /** What is broken, in words. */
  readonly title: string;
  readonly kernel: Kernel;
}

export interface Noticed {
  readonly mutation: Mutation;
  /** The recordings that fail: `memfd/madvise`. */
  readonly by: readonly string[];
}

const base = linux('6.18.44');

function rule<K extends keyof Rules>(key: K, value: Rules[K], title: string): Mutation {
  return { id: key, title, kernel: { ...base, rules: { ...base.rules, [key]: value } } };
}

function kvmRule<K extends keyof KvmRules>(key: K, value: KvmRules[K], title: string): Mutation {
  const kernel: KvmKernel = { ...base, kvm: { ...kvmRules(base), [key]: value } };
  return { id: key, title, kernel };
}

function hook(id: string, title: string, extension: Omit<Extension, 'name'>): Mutation {
  return { id, title, kernel: { ...base, extension: { name: id, ...extension } } };
}

/** The seal is accepted and forgotten at once. */
function forget(seal: number, name: string): Mutation {
  return hook(`forget ${name}`, `${name} is accepted and forgotten`, {
    seals_added: (inode: Inode) => {
      inode.seals = (inode.seals ?? 0) & ~seal;
    },
  });
}

/** A use is refused that the kernel allows. */
function refuse(op: string, title: string): Mutation {
  return hook(`refuse ${op}`, title, {
    check: (_inode, use) => (use.op === op ? new Errno('EPERM', 'Refused by a mutation.') : undefined),
  });
}

export const MUTATIONS: readonly Mutation[] = [
  rule('seal_argument', 'EINVAL above 32 bits', 'F_ADD_SEALS refuses bits above the low 32'),
  rule('exec_seal_implies', 'after the checks', 'F_SEAL_EXEC adds its implied seals unchecked'),
  rule('shared_readonly_of_write_sealed', 'EPERM', 'write-sealed files cannot be mapped shared, even for reading'),
  rule('noexec_2_without_flag', 'EINVAL', 'vm.memfd_noexec = 2 refuses calls without an exec flag'),
  rule('noexec_2_with_exec', 'allowed', 'vm.memfd_noexec = 2 lets MFD_EXEC pass'),
  rule('noexec_scope', 'only upwards', 'vm.memfd_noexec can only be raised'),
  rule('secretmem_limit', 'at first touch', 'secret pages are charged at first touch'),
  rule('secretmem_mapping', 'not locked', 'secret mappings do not count as locked'),
  rule('write_buffer', 'before the seals', 'write(2) looks at its buffer before the seals'),
  rule('seals', base.rules.seals & ~F_SEAL_EXEC, 'F_SEAL_EXEC is unknown'),
  rule('memfd_flags', base.rules.memfd_flags | 0x20, 'memfd_create accepts one unknown flag'),
  forget(F_SEAL_SEAL, 'F_SEAL_SEAL'),
  forget(F_SEAL_SHRINK, 'F_SEAL_SHRINK'),
  forget(F_SEAL_GROW, 'F_SEAL_GROW'),
  forget(F_SEAL_WRITE, 'F_SEAL_WRITE'),
  forget(F_SEAL_FUTURE_WRITE, 'F_SEAL_FUTURE_WRITE'),
  forget(F_SEAL_EXEC, 'F_SEAL_EXEC'),
  refuse('read', 'reading is refused'),
  refuse('mmap', 'mapping is refused'),
  refuse('fault', 'every page fault on a file fails'),
  refuse('fallocate', 'fallocate is refused'),
  kvmRule('guest_memfd_flags', 0, 'guest_memfd knows no flag'),
  kvmRule('guest_memfd_slots', 'VM types with private memory', 'only VMs with private memory bind a guest_memfd'),
  kvmRule('overlap_in_file', 'EEXIST', 'an overlap in the file is EEXIST'),
  kvmRule('end_of_binding', 'unsigned', 'the end of a binding is compared unsigned'),
  kvmRule('exec_mapping', 'as without PROT_EXEC', 'a guest_memfd may be mapped for execution'),
  hook('punch also forgets the size', 'freeing pages sets the size to 0', {
    invalidate: (inode) => {
      inode.size = 0n;
    },
  }),
  hook('wrong mode', 'new files have mode 0700', {
    created: (inode) => {
      inode.mode = 0o700;
    },
  }),
];

const subjectOf = ({ subsystem }: Trace): string => (subsystem === 'guest_memfd' ? 'guest_memfd' : 'memfd');

/** Replays all traces against each broken kernel. */
export function whoNotices(traces: readonly Trace[]): Noticed[] {
  return MUTATIONS.map((mutation) => ({
    mutation,
    by: traces
      .filter((trace) => replay(trace, mutation.kernel).failed)
      .map((trace) => `${subjectOf(trace)}/${trace.name}`),
  }));
}
