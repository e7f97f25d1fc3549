/**
 * read, pread, write, pwrite.
 * Source: fs/read_write.c, mm/filemap.c (generic_perform_write), mm/shmem.c (shmem_file_read_iter, shmem_write_begin), Linux
 * 6.18; recordings matrix-*-write, grow-seal-short-write*, read-positions, secret-no-file-io.
 */
import { Errno } from '../errno.ts';
import { PAGE } from '../units.ts';
import { F_SEAL_FUTURE_WRITE, F_SEAL_GROW, F_SEAL_WRITE } from './constants.ts';
import type { Host } from './host.ts';
import type { Inode } from './inode.ts';
import { rule } from './notread.ts';
import type { OpenFile } from './openfile.ts';
import { dropSetIdBits } from './stat.ts';
import { type Bytes, deliver, type Target } from './usermemory.ts';
import { bytesText, MAX_LFS_FILESIZE, pageOf, within } from './words.ts';

/** Most bytes that one call moves (MAX_RW_COUNT). */
export const MAX_RW_COUNT = 0x7fff_f000;

const noOperation = (inode: Inode, what: string): Errno =>
  new Errno('EINVAL', `A file of this kind (${inode.kind}) has no ${what} operation.`);
export const noPosition = (inode: Inode): Errno =>
  new Errno('ESPIPE', `A file of this kind (${inode.kind}) has no position.`);

/** Offsets that no read or write may have (rw_verify_area). */
export function refusedRange(position: bigint, count: bigint): Errno | undefined {
  if (position < 0n) return new Errno('EINVAL', 'The offset is negative.');
  if (position + count > MAX_LFS_FILESIZE) return new Errno('EINVAL', 'The range ends behind the largest file offset.');
  return undefined;
}

/** Bytes read from `position`, or why none were. A hole reads as zeros and stays one. */
export function readAt(host: Host, file: OpenFile, target: Target, position: bigint): number | Errno {
  const { inode } = file;
  if (!file.readable) return new Errno('EBADF', 'The descriptor is not open for reading.');
  if (!inode.hasFileIo) return noOperation(inode, 'read');
  const outside = refusedRange(position, BigInt(target.length));
  if (outside !== undefined) return outside;
  const wanted = Math.min(target.length, MAX_RW_COUNT);
  let done = 0;
  while (done < wanted) {
    const at = position + BigInt(done);
    const offset = within(at);
    const count = Math.min(PAGE - offset, wanted - done);
    const refused = host.kernel.extension?.check?.(inode, { op: 'read', offset: at, length: count }, host);
    if (refused !== undefined) return done > 0 ? done : refused;
    if (at >= inode.size) break;
    const inside = inode.size - at < BigInt(count) ? Number(inode.size - at) : count;
    const page = inode.page(pageOf(at));
    const data = page?.frame.read(offset, inside) ?? new Uint8Array(inside);
    const stored = deliver(target, done, data);
    done += stored;
    if (stored < inside) return done > 0 ? done : new Errno('EFAULT', 'The buffer cannot be written to.');
  }
  return done;
}

/** Bytes written, and the position behind them. */
export interface Written {
  readonly result: number | Errno;
  readonly position: bigint;
}

/** The write path: checks that come before any byte, then page by page. */
export function writeAt(host: Host, file: OpenFile, source: Bytes, position: bigint): Written {
  const { inode } = file;
  const refuse = (errno: Errno): Written => ({ result: errno, position });
  if (!file.writable) return refuse(new Errno('EBADF', 'The descriptor is not open for writing.'));
  const own = inode.operations?.write !== undefined;
  if (!own && (!inode.hasFileIo || inode.kind === 'hugetlb')) return refuse(noOperation(inode, 'write'));
  const outside = refusedRange(position, BigInt(source.length));
  if (outside !== undefined) return refuse(outside);
  if (source.length === 0) return { result: 0, position };
  if (inode.operations?.write !== undefined) {
    const result = inode.operations.write(source, position);
    return { result, position: result instanceof Errno ? position : position + BigInt(result) };
  }
  const start = file.append ? inode.size : position;
  if (start >= MAX_LFS_FILESIZE) return refuse(new Errno('EFBIG', 'The offset is the largest a file can have.'));
  dropSetIdBits(host.current, inode);
  const room = MAX_LFS_FILESIZE - start;
  const wanted = Math.min(source.length, MAX_RW_COUNT, room < BigInt(MAX_RW_COUNT) ? Number(room) : MAX_RW_COUNT);
  const result = writePages(host, inode, source, start, wanted);
  return { result, position: result instanceof Errno ? position : start + BigInt(result) };
}

/**
 * Copies page by page; a chunk that is refused ends the call, and what was written before it counts. Seals come before the
 * buffer in 6.18.44, and a buffer that cannot be read is noticed there when page and size of the file already include the
 * position where the write would have begun: the one refused call that changes something.
 */
export function writePages(host: Host, inode: Inode, source: Bytes, start: bigint, wanted: number): number | Errno {
  let done = 0;
  const before = inode.size;
  const order = host.kernel.rules.write_buffer;
  const end = (errno: Errno): number | Errno => (done > 0 ? done : errno);
  const unreadable = (): Errno => new Errno('EFAULT', 'The buffer cannot be read.');
  while (done < wanted) {
    const at = start + BigInt(done);
    const offset = within(at);
    const count = Math.min(PAGE - offset, wanted - done);
    if (order === 'before the seals' && source.readable(done, count) === 0) return end(unreadable());
    const refused =
      host.kernel.extension?.check?.(inode, { op: 'write', offset: at, length: count }, host) ??
      refusedBySeals(inode, at + BigInt(count));
    if (refused !== undefined) {
      if (order === 'not read' && source.readable(done, count) === 0) rule(host.kernel, 'write_buffer');
      return end(refused);
    }
    const page = inode.obtain(pageOf(at));
    if (page === undefined) return end(new Errno('ENOSPC', 'The machine has no free memory.'));
    page.uptodate = true;
    if (at > inode.size) inode.size = at;
    const ready = source.readable(done, count);
    if (ready === 0) {
      rule(host.kernel, 'write_buffer');
      noteSize(host, inode, before);
      return end(unreadable());
    }
    page.frame.write(offset, source.copy(done, ready));
    done += ready;
    const reached = at + BigInt(ready);
    if (reached > inode.size) inode.size = reached;
  }
  host.note(`${bytesText(done)} written to ${inode.label} at ${start}`);
  noteSize(host, inode, before);
  return done;
}

function noteSize(host: Host, inode: Inode, before: bigint): void {
  if (inode.size !== before) host.note(`size ${before} → ${inode.size}`);
}

/** shmem's own check of one chunk that would end at `end`. */
function refusedBySeals(inode: Inode, end: bigint): Errno | undefined {
  const seals = inode.seals ?? 0;
  if ((seals & F_SEAL_WRITE) !== 0) return new Errno('EPERM', 'F_SEAL_WRITE forbids writing.');
  if ((seals & F_SEAL_FUTURE_WRITE) !== 0) return new Errno('EPERM', 'F_SEAL_FUTURE_WRITE forbids writing.');
  if ((seals & F_SEAL_GROW) !== 0 && end > inode.size) {
    return new Errno('EPERM', `F_SEAL_GROW forbids writing behind the end (${bytesText(inode.size)}).`);
  }
  return undefined;
}
