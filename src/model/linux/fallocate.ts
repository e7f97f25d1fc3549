/**
 * fallocate: preallocation and hole punching.
 * Source: fs/open.c (vfs_fallocate), mm/shmem.c (shmem_fallocate), fs/hugetlbfs/inode.c, Linux 6.18 and 7.3.4; recordings
 * matrix-*-fallocate, grow-seal-keep-size, keep-size-then-grow, punch-hole-*.
 */
import { Errno } from '../errno.ts';
import {
  F_SEAL_FUTURE_WRITE,
  F_SEAL_GROW,
  F_SEAL_WRITE,
  FALLOC_FL_COLLAPSE_RANGE,
  FALLOC_FL_INSERT_RANGE,
  FALLOC_FL_KEEP_SIZE,
  FALLOC_FL_PUNCH_HOLE,
  FALLOC_FL_UNSHARE_RANGE,
  FALLOC_FL_WRITE_ZEROES,
  FALLOC_FL_ZERO_RANGE,
} from './constants.ts';
import type { Host } from './host.ts';
import type { Inode } from './inode.ts';
import type { OpenFile } from './openfile.ts';
import { dropSetIdBits } from './stat.ts';
import { freeRange } from './truncate.ts';
import { bytesText, MAX_LFS_FILESIZE, pageOf, pageUp } from './words.ts';

const unsupported = (why: string): Errno => new Errno('EOPNOTSUPP', why);

/** Checks of the mode word alone; the modes exclude each other. */
function refusedMode(mode: number): Errno | undefined {
  switch (mode & ~FALLOC_FL_KEEP_SIZE) {
    case 0:
    case FALLOC_FL_UNSHARE_RANGE:
    case FALLOC_FL_ZERO_RANGE:
      return undefined;
    case FALLOC_FL_PUNCH_HOLE:
      return (mode & FALLOC_FL_KEEP_SIZE) !== 0 ? undefined : unsupported('Punching a hole needs FALLOC_FL_KEEP_SIZE.');
    case FALLOC_FL_COLLAPSE_RANGE:
    case FALLOC_FL_INSERT_RANGE:
    case FALLOC_FL_WRITE_ZEROES:
      return (mode & FALLOC_FL_KEEP_SIZE) === 0 ? undefined : unsupported('This mode does not go with KEEP_SIZE.');
    default:
      return unsupported('The mode word is unknown or names more than one mode.');
  }
}

/** 0, or the first failing check. Offset and length in bytes. */
export function fallocate(host: Host, file: OpenFile, mode: number, offset: bigint, length: bigint): 0 | Errno {
  const { inode } = file;
  if (offset < 0n) return new Errno('EINVAL', 'The offset is negative.');
  if (length <= 0n) return new Errno('EINVAL', 'The length must be positive.');
  const refused = refusedMode(mode);
  if (refused !== undefined) return refused;
  if (!file.writable) return new Errno('EBADF', 'The descriptor is not open for writing.');
  if (offset + length > MAX_LFS_FILESIZE) return new Errno('EFBIG', 'The range ends behind the largest file offset.');
  if (inode.kind === 'kvm') return new Errno('ENODEV', 'This is not a regular file.');
  if (inode.operations !== undefined) return inode.operations.fallocate(mode, offset, length);
  if (inode.kind === 'secretmem') return unsupported('A secret file has no fallocate operation.');
  if ((mode & ~(FALLOC_FL_KEEP_SIZE | FALLOC_FL_PUNCH_HOLE)) !== 0) {
    return unsupported('Files in memory know only preallocation and hole punching.');
  }
  const extended = host.kernel.extension?.check?.(inode, { op: 'fallocate', mode, offset, length }, host);
  if (extended !== undefined) return extended;
  const result =
    (mode & FALLOC_FL_PUNCH_HOLE) !== 0
      ? punch(host, inode, offset, length)
      : allocate(host, inode, (mode & FALLOC_FL_KEEP_SIZE) !== 0, offset, length);
  // Observed on 6.18.44, also where nothing had to be allocated or freed; a seal refuses before.
  if (result === 0) dropSetIdBits(host.current, inode);
  return result;
}

/** Frees whole pages and zeroes parts; private copies stay. */
function punch(host: Host, inode: Inode, offset: bigint, length: bigint): 0 | Errno {
  const seals = inode.seals ?? 0;
  if ((seals & F_SEAL_WRITE) !== 0) return new Errno('EPERM', 'F_SEAL_WRITE forbids punching holes.');
  if ((seals & F_SEAL_FUTURE_WRITE) !== 0) return new Errno('EPERM', 'F_SEAL_FUTURE_WRITE forbids punching holes.');
  if (inode.kind !== 'hugetlb') freeRange(host, inode, offset, offset + length);
  return 0;
}

function allocate(host: Host, inode: Inode, keepSize: boolean, offset: bigint, length: bigint): 0 | Errno {
  const end = offset + length;
  if (((inode.seals ?? 0) & F_SEAL_GROW) !== 0 && end > inode.size) {
    return new Errno(
      'EPERM',
      `F_SEAL_GROW forbids allocating behind the end (${bytesText(inode.size)}), also with KEEP_SIZE.`,
    );
  }
  if (inode.kind === 'hugetlb') return new Errno('ENOSPC', 'No huge page is reserved on this machine.');
  const first = pageOf(offset);
  const last = pageUp(end);
  const present = inode.cached(first, last);
  if (!host.memory.has(last - first - present.length)) {
    return new Errno('ENOMEM', `The machine has no ${last - first} free pages.`);
  }
  for (const index of present) {
    const page = inode.page(index);
    if (page !== undefined) page.uptodate = true;
  }
  const kept = new Set(present);
  for (let index = first; index < last; index++) if (!kept.has(index)) inode.obtain(index);
  const made = last - first - present.length;
  if (made > 0) host.note(`${made} ${made === 1 ? 'page' : 'pages'} of ${inode.label} allocated`);
  if (!keepSize && end > inode.size) {
    host.note(`size ${inode.size} → ${end}`);
    inode.size = end;
  }
  host.kernel.extension?.fallocated?.(inode, first, last);
  for (const user of inode.users) user.fallocate?.(first, last);
  return 0;
}
