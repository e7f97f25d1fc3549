/**
 * Sizes: ftruncate, O_TRUNC, and the freeing of pages that shrinking and hole punching share.
 * Source: mm/shmem.c (shmem_setattr, shmem_undo_range), fs/open.c, fs/hugetlbfs/inode.c, mm/secretmem.c, Linux 6.18;
 * recordings matrix-*-resize, shrink-*, truncate-same-size, hugetlb-create, secret-size-*.
 */
import { Errno } from '../errno.ts';
import { PAGE } from '../units.ts';
import { F_SEAL_GROW, F_SEAL_SHRINK } from './constants.ts';
import type { Host } from './host.ts';
import type { Inode } from './inode.ts';
import type { OpenFile } from './openfile.ts';
import { dropSetIdBits } from './stat.ts';
import { PAGE_N, pageOf, pageUp, within } from './words.ts';

/** Behind every page of a file. */
const NO_END = 2 ** 52;

/** ftruncate: 0, or EINVAL (negative length, descriptor not open for writing), EPERM (seals). Length in bytes. */
export function ftruncate(host: Host, file: OpenFile, length: bigint): 0 | Errno {
  if (!file.writable) return new Errno('EINVAL', 'The descriptor is not open for writing.');
  return resize(host, file.inode, length);
}

/** Sets the size of a file. Shrinking, or setting the same size, frees every page behind the end. */
export function resize(host: Host, inode: Inode, size: bigint): 0 | Errno {
  const before = inode.size;
  const refused = host.kernel.extension?.check?.(inode, { op: 'ftruncate', size }, host) ?? refusal(inode, size);
  if (refused !== undefined) return refused;
  dropSetIdBits(host.current, inode);
  inode.size = size;
  if (size !== before) host.note(`size ${before} → ${size}`);
  if (size > before) return 0;
  const firstGone = pageUp(size);
  if (inode.kind !== 'hugetlb') freeRange(host, inode, size, undefined);
  if (before > BigInt(firstGone) * PAGE_N) dropPrivateCopies(inode, firstGone);
  return 0;
}

function refusal(inode: Inode, size: bigint): Errno | undefined {
  if (inode.kind === 'kvm') return new Errno('EINVAL', 'This is not a regular file.');
  if (inode.kind === 'guest_memfd') return new Errno('EINVAL', 'The size of a guest_memfd is fixed at creation.');
  if (inode.kind === 'secretmem') {
    if (inode.size > 0n) return new Errno('EINVAL', 'The size of a secret file can be set once, while it is 0.');
    return undefined;
  }
  if (inode.kind === 'hugetlb' && size % BigInt(inode.blksize) !== 0n) {
    return new Errno('EINVAL', `The size must be a multiple of the huge page size (${inode.blksize} bytes).`);
  }
  const seals = inode.seals ?? 0;
  if (size < inode.size && (seals & F_SEAL_SHRINK) !== 0) return new Errno('EPERM', 'F_SEAL_SHRINK forbids shrinking.');
  if (size > inode.size && (seals & F_SEAL_GROW) !== 0) return new Errno('EPERM', 'F_SEAL_GROW forbids growing.');
  return undefined;
}

/** Frees the whole pages between two offsets and zeroes the parts at the edges; `end` undefined means the rest of the file. */
export function freeRange(host: Host, inode: Inode, start: bigint, end: bigint | undefined): void {
  const first = pageUp(start);
  const last = end === undefined ? NO_END : pageOf(end);
  if (end !== undefined && pageOf(start) === pageOf(end)) {
    inode.page(last)?.frame.clear(within(start), within(end) - within(start));
    return;
  }
  if (within(start) !== 0) inode.page(first - 1)?.frame.clear(within(start), PAGE - within(start));
  if (end !== undefined && within(end) !== 0) inode.page(last)?.frame.clear(0, within(end));
  if (last <= first) return;
  for (const index of inode.swapped.keys()) if (index >= first && index < last) inode.swapped.delete(index);
  const gone = inode.cached(first, last);
  for (const [from, to] of runs(gone)) {
    host.kernel.extension?.invalidate?.(inode, from, to);
    for (const user of inode.users) user.invalidate?.(from, to);
  }
  for (const index of gone) inode.drop(index);
  if (gone.length > 0) host.note(`${gone.length} ${gone.length === 1 ? 'page' : 'pages'} of ${inode.label} freed`);
}

/** Neighbouring numbers as ranges. */
function runs(indices: readonly number[]): [from: number, to: number][] {
  const found: [number, number][] = [];
  for (const index of indices) {
    const last = found.at(-1);
    if (last !== undefined && last[1] === index) last[1]++;
    else found.push([index, index + 1]);
  }
  return found;
}

/** Shrinking also takes away what private mappings copied of the pages behind the end (even_cows). */
function dropPrivateCopies(inode: Inode, firstGone: number): void {
  for (const mapping of inode.mappings) {
    const from = mapping.start + Math.max(0, firstGone - mapping.pgoff) * PAGE;
    mapping.process.space.dropCopies(mapping, from, mapping.end);
  }
}
