/**
 * Where the pages lie and whether they can move. David Hildenbrand's first point
 * (942e0dd6-e426-06f6-7b6c-0e80d23c27e6@redhat.com); migration as posted: shmem_migrate_page() of RFC v2 patch 01.
 *
 * Left out: CMA, NUMA, and which zone an allocation really lands in: a mask that allows movable zones is taken to use one.
 */
import { Errno } from '../../errno.ts';
import type { Inode } from '../../linux/inode.ts';
import type { Process } from '../../linux/process.ts';
import { isGuestFile, variantOf } from './seal.ts';

export type Zone = 'ZONE_NORMAL' | 'ZONE_MOVABLE';

const zoneOf = (process: Process, inode: Inode): Zone =>
  variantOf(process.host.kernel).pages === 'no movable zone' && isGuestFile(inode) ? 'ZONE_NORMAL' : 'ZONE_MOVABLE';

/** The zone that a page of the file was allocated from. */
export function page_zone(process: Process, fd: number | Errno): Zone | Errno {
  const file = process.file(fd);
  return file instanceof Errno ? file : zoneOf(process, file.inode);
}

/** Moves one page of a file to another frame. Errors: ENOTSUPP for guest memory, as posted; EINVAL for a hole. */
export function migrate_page(process: Process, fd: number | Errno, page: number): 0 | Errno {
  const { host } = process;
  return host.step('kernel', 'migrate_page', [String(fd), String(page)], () => {
    const file = process.file(fd);
    if (file instanceof Errno) return file;
    const { inode } = file;
    const found = inode.page(page);
    if (found === undefined) return new Errno('EINVAL', 'There is no page to move.');
    if (isGuestFile(inode)) return new Errno('ENOTSUPP', 'shmem_migrate_page refuses pages of guest memory.');
    host.note(`page ${page} of ${inode.label} moved`);
    return 0;
  });
}

/** What taking the memory of ZONE_MOVABLE offline meets in these files: pages moved away, and pages stuck there. */
export function offline_movable(process: Process, fds: readonly (number | Errno)[]): { moved: number; stuck: number } {
  return process.host.step('kernel', 'offline_movable', fds.map(String), () => {
    let moved = 0;
    let stuck = 0;
    for (const fd of fds) {
      const file = process.file(fd);
      if (file instanceof Errno || zoneOf(process, file.inode) !== 'ZONE_MOVABLE') continue;
      for (const page of file.inode.pages.keys()) migrate_page(process, fd, page) === 0 ? moved++ : stuck++;
    }
    return { moved, stuck };
  });
}
