/**
 * memfd_secret: memory that the kernel takes out of its own direct map.
 * Source: mm/secretmem.c, Linux 6.12.117 and 7.3.4 (charged at first touch) and torvalds/linux at 00c010e130e5 (checked at
 * mmap, as recorded); recordings secret-*. Left out: the boot parameter that disables the call, hibernation, migration.
 */
import { Errno } from '../errno.ts';
import { PAGE } from '../units.ts';
import { O_CLOEXEC } from './constants.ts';
import type { Inode } from './inode.ts';
import { memfdRead, rule } from './notread.ts';
import type { Process } from './process.ts';

/** A new secret file: size 0, mode 0600, or EINVAL for any flag but O_CLOEXEC. */
export function createSecret(process: Process, flags: number): Inode | Errno {
  memfdRead(process.host.kernel);
  if ((flags & ~O_CLOEXEC) !== 0) return new Errno('EINVAL', 'memfd_secret knows no flag but O_CLOEXEC.');
  return process.host.makeInode({ kind: 'secretmem', name: 'secretmem', uid: process.uid, mode: 0o600, seals: null });
}

/** mmap's check of the locked-memory limit, in kernels that have it there. Length in bytes. */
export function secretMapRefused(process: Process, length: number): Errno | undefined {
  if (rule(process.host.kernel, 'secretmem_limit') !== 'at mmap' || process.privileged) return undefined;
  if (BigInt(process.space.locked + length) <= process.rlimit_memlock) return undefined;
  return new Errno('EAGAIN', `Secret mappings count as locked memory; the limit is ${process.rlimit_memlock} bytes.`);
}

/**
 * Charges a page to the user who made the file, at its first touch, in kernels that do; says why when the limit of the
 * touching process is reached. Root is not exempt. The charge ends with the file.
 */
export function chargeSecretPage(process: Process, inode: Inode): string | undefined {
  const { host } = process;
  if (rule(host.kernel, 'secretmem_limit') !== 'at first touch') return undefined;
  const charged = host.lockedByUser.get(inode.uid) ?? 0;
  if (BigInt((charged + 1) * PAGE) > process.rlimit_memlock) {
    return `Secret pages are charged as locked memory; the limit is ${process.rlimit_memlock} bytes.`;
  }
  host.lockedByUser.set(inode.uid, charged + 1);
  const sofar = (inode.state.get('secretmem charge') as [number, number] | undefined)?.[1] ?? 0;
  inode.state.set('secretmem charge', [inode.uid, sofar + 1]);
  return undefined;
}
