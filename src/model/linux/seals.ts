/**
 * F_ADD_SEALS and F_GET_SEALS. Seals belong to the inode: every descriptor shows and obeys the same set, and none is ever
 * removed.
 * Source: mm/memfd.c (memfd_add_seals, memfd_wait_for_pins), Linux 7.3.4; recordings add-seals-check-order, write-seal-*,
 * exec-seal-*, future-write-*, matrix-*-addseal. Left out: the time that F_SEAL_WRITE waits for references to go (up to about
 * 150 ms); nothing else happens meanwhile in the model, so it answers at once.
 */
import { Errno, type Result } from '../errno.ts';
import {
  F_SEAL_EXEC,
  F_SEAL_FUTURE_WRITE,
  F_SEAL_GROW,
  F_SEAL_SEAL,
  F_SEAL_SHRINK,
  F_SEAL_WRITE,
} from './constants.ts';
import { flagText, sealNames } from './flags.ts';
import type { Host } from './host.ts';
import type { Inode } from './inode.ts';
import type { Kernel } from './kernel.ts';
import type { OpenFile } from './openfile.ts';
import { low32, unsigned, type WordIn } from './words.ts';

/** What F_SEAL_EXEC brings along on a file with an execute bit. */
const EXEC_IMPLIES = F_SEAL_SHRINK | F_SEAL_GROW | F_SEAL_WRITE | F_SEAL_FUTURE_WRITE;

/** A set of seals as text: `{F_SEAL_SHRINK|F_SEAL_WRITE}`. */
export const sealsText = (seals: number, kernel?: Kernel): string => `{${flagText(seals, sealNames(kernel), '')}}`;

/** Adds seals: 0, or the first failing check; a refused request adds none of them. */
export function addSeals(host: Host, file: OpenFile, argument: WordIn): Result {
  const { inode } = file;
  const { rules, extension } = host.kernel;
  if (rules.seal_argument === 'EINVAL above 32 bits' && unsigned(argument) > 0xffff_ffffn) {
    return new Errno('EINVAL', 'The argument has a bit set above the low 32.');
  }
  const asked = low32(argument);
  if (!file.writable) return new Errno('EPERM', 'The descriptor is not open for writing.');
  if ((asked & ~rules.seals) !== 0) return new Errno('EINVAL', 'The set has a bit that is no seal of this kernel.');
  if (inode.seals === null) return new Errno('EINVAL', 'The file is neither a shmem nor a hugetlbfs file.');
  if ((inode.seals & F_SEAL_SEAL) !== 0)
    return new Errno('EPERM', 'F_SEAL_SEAL is set: no seal can be added any more.');
  const executable = rules.exec_seal_implies !== 'no such seal' && (inode.mode & 0o111) !== 0;
  const implied = executable && (asked & F_SEAL_EXEC) !== 0 ? EXEC_IMPLIES : 0;
  const checked = rules.exec_seal_implies === 'before the checks' ? asked | implied : asked;
  const refused = busy(inode, checked) ?? extension?.check_add_seals?.(inode, asked, file);
  if (refused !== undefined) return refused;
  const next = inode.seals | asked | implied;
  if (next !== inode.seals) host.note(`seals ${sealsText(inode.seals, host.kernel)} → ${sealsText(next, host.kernel)}`);
  inode.seals = next;
  extension?.seals_added?.(inode, asked);
  return 0;
}

/** F_SEAL_WRITE, when it is new, needs everyone gone who could still write. */
function busy(inode: Inode, seals: number): Errno | undefined {
  if ((seals & F_SEAL_WRITE) === 0 || ((inode.seals ?? 0) & F_SEAL_WRITE) !== 0) return undefined;
  if (inode.mappedWritably) {
    return new Errno('EBUSY', 'A shared mapping exists that is writable or may become writable by mprotect.');
  }
  if (inode.pinned) return new Errno('EBUSY', 'Somebody still holds a reference on a page of the file.');
  return undefined;
}

/** The set of seals, or EINVAL where seals do not exist. */
export function getSeals(inode: Inode): Result {
  return inode.seals ?? new Errno('EINVAL', 'The file is neither a shmem nor a hugetlbfs file.');
}
