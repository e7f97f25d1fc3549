/**
 * Kernels whose part of SEV was read: one release, and the commits at which sharing or moving a context changed. A commit stands for
 * the state of these rules after it, not for a release.
 */
import { KVM_RULES, type KvmRules } from '../kvm/rules.ts';
import type { Extension } from '../linux/kernel.ts';
import { NotRead } from '../linux/notread.ts';
import { linux } from '../linux/versions.ts';
import { letterOf } from './letters.ts';
import { machineOf } from './machine.ts';
import { KVM_CAP_VM_COPY_ENC_CONTEXT_FROM, type SevKernel, type SevRules } from './rules.ts';

/** What a mirror may do since 5b92b6ca92b6: is_cmd_allowed_from_mirror. */
const ALLOWED = [
  'KVM_SEV_LAUNCH_UPDATE_VMSA',
  'KVM_SEV_GUEST_STATUS',
  'KVM_SEV_DBG_DECRYPT',
  'KVM_SEV_DBG_ENCRYPT',
] as const;

/** As merged: 54526d1fd593, 2021-04-21. */
const MERGED: SevRules = {
  copy: { capability: KVM_CAP_VM_COPY_ENC_CONTEXT_FROM, called_on: 'target' },
  mirror_test: 'the field',
  mirror_error: 'EINVAL',
  mirror_commands: [],
  mirror_gets: 'ASID',
  target_with_vcpus: 'accepted',
  destroy_keeps_lock: false,
  wrong_fd_leaks: false,
  move: 'absent',
  init2: false,
  reclaim: 'not flushed',
  moved_mirror: 'an owner',
};

/** 5b92b6ca92b6 and f43c887cb7cb, September 2021. */
const WITH_ES: SevRules = {
  ...MERGED,
  mirror_commands: ALLOWED,
  mirror_gets: 'ASID, handle and SEV-ES flag',
};

/** b56639318bb2 and 0b020f5af092, November 2021. */
const WITH_MOVE: SevRules = { ...WITH_ES, move: 'mirrors stay behind' };

/** 79b111427637, 642525e3bd47, 17d44a96f000 and bf42b02b19e2, end of November 2021. */
const SETTLED: SevRules = { ...WITH_MOVE, target_with_vcpus: 'EINVAL', move: 'EBUSY', moved_mirror: 'a mirror' };

/** b2125513dfc0 of 2022-02-11, 683412ccf612 of 2022-04-21, and KVM_SEV_INIT2; as read in 6.16.1. */
const FOLLOWING: SevRules = { ...SETTLED, move: 'mirrors follow', init2: true, reclaim: 'WBINVD' };

/** guest_memfd has no part in plain SEV: its rules are those of the first release that has it, and are not asked. */
const KVM = KVM_RULES['6.8'] as KvmRules;

/** Pages of a file leave it: the notifier of 683412ccf612 flushes. Memory without a file is not looked at in the model. */
const extension = ({ reclaim }: SevRules): Extension => ({
  name: 'SEV',
  owner: (_inode, _page, frame) => letterOf(frame),
  invalidate: (inode, first, end) => {
    if (reclaim === 'WBINVD' && inode.cached(first, end).length > 0) machineOf(inode.memory)?.memory.wbinvd();
  },
});

/**
 * A kernel with these rules. mm/memfd.c of these states was not read; memory of the models is a memfd all the same, with the
 * rules of 6.12.117, the nearest that was: nothing about SEV depends on them.
 */
export const sevKernelOf = (
  sev: SevRules,
  about: Pick<SevKernel, 'name' | 'version' | 'source' | 'evidence'>,
): SevKernel => ({ ...about, rules: linux('6.12.117').rules, kvm: KVM, extension: extension(sev), sev });

const read = (version: string, name: string, source: string, sev: SevRules): SevKernel =>
  sevKernelOf(sev, { name, version, evidence: 'source read', source });

/** Oldest first. */
export const sevKernels: readonly SevKernel[] = [
  read('54526d1fd593', 'Linux at commit 54526d1fd593', 'KVM: x86: Support KVM VMs sharing SEV context (5.13)', MERGED),
  read(
    'f43c887cb7cb',
    'Linux at commit f43c887cb7cb',
    'KVM: SEV: Update svm_vm_copy_asid_from for SEV-ES, with 5b92b6ca92b6',
    WITH_ES,
  ),
  read(
    'b56639318bb2',
    'Linux at commit b56639318bb2',
    'KVM: SEV: Add support for SEV intra host migration, with 0b020f5af092',
    WITH_MOVE,
  ),
  read(
    '17d44a96f000',
    'Linux at commit 17d44a96f000',
    'KVM: SEV: Prohibit migration of a VM that has mirrors',
    SETTLED,
  ),
  read('6.16.1', 'Linux 6.16.1', 'arch/x86/kvm/svm/sev.c of 6.16.1', FOLLOWING),
];

/** The kernel of exactly this version or commit; throws NotRead for any other. */
export function sevKernel(version: string): SevKernel {
  const kernel = sevKernels.find((known) => known.version === version);
  if (kernel === undefined) {
    const known = sevKernels.map((one) => one.version).join(', ');
    throw new NotRead(`${version}: arch/x86/kvm/svm/sev.c was not read. States that were: ${known}.`);
  }
  return kernel;
}
