/**
 * sendfile and copy_file_range: copies from file to file inside the kernel, through the pages of the source.
 * Source: fs/read_write.c (do_sendfile, generic_copy_file_checks), fs/splice.c, mm/shmem.c (shmem_file_splice_read), Linux 6.18;
 * recordings sendfile-and-copy, matrix-*-write. Left out: pipes as such; files of different file systems.
 */
import { Errno } from '../errno.ts';
import type { Frame } from '../machine/memory.ts';
import { PAGE } from '../units.ts';
import type { Host } from './host.ts';
import type { Inode } from './inode.ts';
import { MAX_RW_COUNT, noPosition, refusedRange, writePages } from './io.ts';
import type { OpenFile } from './openfile.ts';
import type { Bytes } from './usermemory.ts';
import { MAX_LFS_FILESIZE, min, pageOf, within } from './words.ts';

/** Pages that one round moves: the slots of a pipe. */
const ROUND = 16;

/** A copy's outcome and the positions behind it. */
export interface Copied {
  readonly result: number | Errno;
  readonly from: bigint;
  readonly to: bigint;
}

/** sendfile: `from` and `to` are positions in bytes, `explicit` says that the source position was given by the caller. */
export function sendfile(
  host: Host,
  out: OpenFile,
  source: OpenFile,
  from: bigint,
  count: bigint,
  explicit: boolean,
): Copied {
  const to = out.position;
  const refuse = (errno: Errno): Copied => ({ result: errno, from, to });
  if (!source.readable) return refuse(new Errno('EBADF', 'The source is not open for reading.'));
  if (explicit && !source.inode.hasFileIo) return refuse(noPosition(source.inode));
  const outside = refusedRange(from, count);
  if (outside !== undefined) return refuse(outside);
  if (!out.writable) return refuse(new Errno('EBADF', 'The target is not open for writing.'));
  // The target is held against what one call moves at most, not against what was asked for (live comparison on 6.18.44).
  const most = min(count, BigInt(MAX_RW_COUNT));
  const outsideOut = refusedRange(to, most);
  if (outsideOut !== undefined) return refuse(outsideOut);
  if (out.append) return refuse(new Errno('EINVAL', 'sendfile does not write to a descriptor with O_APPEND.'));
  return splice(host, out.inode, source.inode, from, to, min(most, MAX_LFS_FILESIZE - from));
}

/** copy_file_range with its own checks of overlap and wrapping. */
export function copyFileRange(
  host: Host,
  source: OpenFile,
  from: bigint,
  out: OpenFile,
  to: bigint,
  length: bigint,
): Copied {
  const refuse = (errno: Errno): Copied => ({ result: errno, from, to });
  if (!source.readable) return refuse(new Errno('EBADF', 'The source is not open for reading.'));
  if (!out.writable || out.append) {
    return refuse(new Errno('EBADF', 'The target is not open for writing, or only for appending.'));
  }
  if (filesystem(source.inode) !== filesystem(out.inode)) {
    return refuse(new Errno('EXDEV', 'The files lie on different file systems.'));
  }
  const wraps = (position: bigint): boolean => BigInt.asUintN(64, position) + length >= 1n << 64n;
  if (wraps(from) || wraps(to)) return refuse(new Errno('EOVERFLOW', 'The range wraps around.'));
  let count = from >= source.inode.size ? 0n : min(length, source.inode.size - from);
  if (to >= MAX_LFS_FILESIZE) return refuse(new Errno('EFBIG', 'The offset is the largest a file can have.'));
  count = min(count, MAX_LFS_FILESIZE - to);
  if (source.inode === out.inode && to + count > from && to < from + count) {
    return refuse(new Errno('EINVAL', 'The ranges overlap.'));
  }
  const outside = refusedRange(from, count) ?? refusedRange(to, count);
  if (outside !== undefined) return refuse(outside);
  if (count === 0n) return { result: 0, from, to };
  return splice(host, out.inode, source.inode, from, to, count);
}

/** memfds of all kinds of pages of 4 KiB live on one internal mount. */
function filesystem(inode: Inode): string {
  return inode.kind === 'hugetlb' ? `hugetlb ${inode.blksize}` : inode.kind;
}

function splice(host: Host, out: Inode, source: Inode, from: bigint, to: bigint, count: bigint): Copied {
  const refuse = (errno: Errno): Copied => ({ result: errno, from, to });
  if (count === 0n) return { result: 0, from, to };
  if (!source.hasFileIo || source.kind === 'hugetlb') {
    return refuse(new Errno('EINVAL', `A file of this kind (${source.kind}) cannot be spliced from.`));
  }
  const wanted = Number(min(count, BigInt(MAX_RW_COUNT)));
  let done = 0;
  while (done < wanted) {
    const at = from + BigInt(done);
    const round = Math.min(ROUND * PAGE - within(at), wanted - done);
    const size = at >= source.size ? 0 : Number(min(BigInt(round), source.size - at));
    if (size === 0) break;
    const refused =
      host.kernel.extension?.check?.(source, { op: 'read', offset: at, length: size }, host) ??
      (!out.hasFileIo || out.kind === 'hugetlb'
        ? new Errno('EINVAL', `A file of this kind (${out.kind}) has no write operation.`)
        : undefined);
    const written = refused ?? writePages(host, out, filePages(source, at, size), to + BigInt(done), size);
    if (written instanceof Errno) {
      if (done > 0) break;
      return refuse(written);
    }
    done += written;
    if (written < size) break;
  }
  return { result: done, from: from + BigInt(done), to: to + BigInt(done) };
}

/** The pages of a range by reference; a hole is zeros. */
function filePages(source: Inode, start: bigint, length: number): Bytes {
  const first = pageOf(start);
  const shift = within(start);
  const frames: (Frame | undefined)[] = [];
  for (let index = 0; index * PAGE < shift + length; index++) {
    const page = source.page(first + index);
    frames.push(page?.uptodate ? page.frame : undefined);
  }
  return {
    length,
    readable: (_at, count) => count,
    copy: (at, count) => {
      const out = new Uint8Array(count);
      for (let done = 0; done < count; ) {
        const position = shift + at + done;
        const size = Math.min(PAGE - (position % PAGE), count - done);
        const frame = frames[Math.floor(position / PAGE)];
        if (frame !== undefined) out.set(frame.read(position % PAGE, size), done);
        done += size;
      }
      return out;
    },
  };
}
