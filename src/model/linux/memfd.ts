/**
 * memfd_create.
 * Source: mm/memfd.c (sanitize_flags, alloc_name, memfd_create), Linux 7.3.4; recordings create-*, hugetlb-create,
 * sysctl-noexec-*. Left out: limits on the number of descriptors.
 */
import { Errno } from '../errno.ts';
import { utf8 } from '../utf8.ts';
import {
  F_SEAL_EXEC,
  F_SEAL_SEAL,
  MFD_ALLOW_SEALING,
  MFD_EXEC,
  MFD_HUGE_SHIFT,
  MFD_HUGETLB,
  MFD_NOEXEC_SEAL,
} from './constants.ts';
import type { Inode } from './inode.ts';
import type { Rules } from './kernel.ts';
import { memfdRead } from './notread.ts';
import { NOEXEC_ENFORCED, NOEXEC_SEAL } from './pidns.ts';
import type { Process } from './process.ts';

/** Longest name in bytes, without the terminating zero. */
export const MFD_NAME_MAX = 249;
const HUGE_SIZE_FIELD = 0xfc00_0000;
/** log2 of the huge page sizes of x86-64; 0 in the flag word means 2 MiB. */
const HUGE_SIZES = [21, 30];

const has = (flags: number, bit: number): boolean => (flags & bit) !== 0;

/** The flag word checked and completed by vm.memfd_noexec. */
function completeFlags(flags: number, rules: Rules, noexec: number): number | Errno {
  const known = has(flags, MFD_HUGETLB) ? rules.memfd_flags | HUGE_SIZE_FIELD : rules.memfd_flags;
  if ((flags & ~known) !== 0) return new Errno('EINVAL', 'The flag word has an unknown bit.');
  if ((rules.memfd_flags & MFD_EXEC) === 0) return flags;
  if (has(flags, MFD_EXEC) && has(flags, MFD_NOEXEC_SEAL)) {
    return new Errno('EINVAL', 'MFD_EXEC and MFD_NOEXEC_SEAL exclude each other.');
  }
  const neither = !has(flags, MFD_EXEC) && !has(flags, MFD_NOEXEC_SEAL);
  if (neither && noexec >= NOEXEC_ENFORCED && rules.noexec_2_without_flag === 'EINVAL') {
    return new Errno('EINVAL', 'vm.memfd_noexec is 2 and neither MFD_EXEC nor MFD_NOEXEC_SEAL was given.');
  }
  const full = neither ? flags | (noexec >= NOEXEC_SEAL ? MFD_NOEXEC_SEAL : MFD_EXEC) : flags;
  if (!has(full, MFD_NOEXEC_SEAL) && noexec >= NOEXEC_ENFORCED && rules.noexec_2_with_exec === 'EACCES') {
    return new Errno('EACCES', 'vm.memfd_noexec is 2: executable memfds are refused.');
  }
  return full;
}

/** A new file in memory, size 0, or EINVAL, EACCES, EFAULT, ENODEV in the order of the kernel's checks. */
export function createMemfd(process: Process, name: string | null, flags: number): Inode | Errno {
  const { host } = process;
  memfdRead(host.kernel);
  const { rules, extension } = host.kernel;
  const full = completeFlags(flags, rules, process.pidns.noexec);
  if (full instanceof Errno) return full;
  const refused = extension?.check_creation?.(full);
  if (refused !== undefined) return refused;
  if (name === null) return new Errno('EFAULT', 'The name cannot be read.');
  const text = name.split('\0')[0] ?? '';
  if (utf8(text).length > MFD_NAME_MAX) {
    return new Errno('EINVAL', `The name is longer than ${MFD_NAME_MAX} bytes.`);
  }
  const huge = has(full, MFD_HUGETLB);
  const log = full >>> MFD_HUGE_SHIFT || (HUGE_SIZES[0] as number);
  if (huge && !HUGE_SIZES.includes(log)) return new Errno('ENODEV', 'The machine has no huge pages of this size.');
  const notExecutable = rules.exec_seal_implies !== 'no such seal' && has(full, MFD_NOEXEC_SEAL);
  const inode = host.makeInode({
    kind: huge ? 'hugetlb' : 'memfd',
    name: text,
    uid: process.uid,
    mode: notExecutable ? 0o666 : 0o777,
    seals: notExecutable ? F_SEAL_EXEC : startSeals(full),
    ...(huge ? { blksize: 2 ** log } : {}),
  });
  extension?.created?.(inode, full);
  return inode;
}

function startSeals(flags: number): number {
  return has(flags, MFD_ALLOW_SEALING) ? 0 : F_SEAL_SEAL;
}
