/**
 * lseek, with SEEK_DATA and SEEK_HOLE.
 * Source: fs/read_write.c (generic_file_llseek_size, default_llseek), mm/filemap.c (mapping_seek_hole_data), mm/shmem.c
 * (shmem_file_llseek), Linux 6.18; recordings seek-data-hole, read-positions, secret-no-file-io.
 */
import { Errno } from '../errno.ts';
import { SEEK_CUR, SEEK_DATA, SEEK_END, SEEK_HOLE } from './constants.ts';
import type { Inode } from './inode.ts';
import { noPosition } from './io.ts';
import type { OpenFile } from './openfile.ts';
import { PAGE_N, pageOf, pageUp } from './words.ts';

/** The new position, or EINVAL, ENXIO (no data, or at the end), ESPIPE (no position). Offset in bytes. */
export function lseek(file: OpenFile, offset: bigint, whence: number): bigint | Errno {
  if (whence < 0 || whence > SEEK_HOLE) return new Errno('EINVAL', 'There is no such whence.');
  const { inode } = file;
  if (!file.seekable) return noPosition(inode);
  const found = target(file, inode, offset, whence);
  if (found instanceof Errno) return found;
  // Asked for by number, the same position is refused (live comparison on 6.18.44).
  const walked = (whence === SEEK_DATA || whence === SEEK_HOLE) && inode.kind !== 'hugetlb';
  if (found === WRAPPED && walked) return found;
  const wrapped = BigInt.asIntN(64, found);
  if (wrapped < 0n) return new Errno('EINVAL', 'The position would be negative.');
  file.position = wrapped;
  return wrapped;
}

function target(file: OpenFile, inode: Inode, offset: bigint, whence: number): bigint | Errno {
  switch (whence) {
    case SEEK_CUR:
      return file.position + offset;
    case SEEK_END:
      return inode.size + offset;
    case SEEK_DATA:
    case SEEK_HOLE:
      return inode.kind === 'hugetlb'
        ? seekWithoutHoles(inode, offset, whence)
        : seekPages(inode, offset, whence === SEEK_DATA);
    default:
      return offset;
  }
}

const nothing = (): Errno => new Errno('ENXIO', 'The offset is at or behind the end of the file.');

/** hugetlbfs takes the whole file for data. */
function seekWithoutHoles(inode: Inode, offset: bigint, whence: number): bigint | Errno {
  if (offset >= inode.size) return nothing();
  return whence === SEEK_DATA ? offset : inode.size;
}

/** The page with the largest offsets: its end is no offset any more, and the kernel's walk wraps around there. */
const LAST_PAGE = 2 ** 51 - 1;
const WRAPPED = -(2n ** 63n);

/** Walks the page cache. A page that only fallocate asked for is a hole. */
function seekPages(inode: Inode, offset: bigint, data: boolean): bigint | Errno {
  if (offset < 0n) return new Errno('ENXIO', 'The offset is negative.');
  if (offset >= inode.size) return nothing();
  const end = pageUp(inode.size);
  const uptodate = inode.cached(pageOf(offset), end).filter((index) => inode.page(index)?.uptodate);
  const at = (page: number): bigint => (BigInt(page) * PAGE_N > offset ? BigInt(page) * PAGE_N : offset);
  if (data) {
    const first = uptodate[0];
    return first === undefined || first === LAST_PAGE
      ? new Errno('ENXIO', 'There is no data at or behind the offset.')
      : at(first);
  }
  let hole = pageOf(offset);
  for (const index of uptodate) {
    if (index !== hole) break;
    hole++;
  }
  if (hole > LAST_PAGE) return WRAPPED;
  const found = at(hole);
  return found > inode.size ? inode.size : found;
}
