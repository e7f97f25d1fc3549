/**
 * The file's side of the callbacks: guest_invalidate_page() and the end of shmem_fallocate(), RFC v2 patch 01
 * (20211119134739.20218-2-chao.p.peng@linux.intel.com).
 */
import type { Inode } from '../../linux/inode.ts';
import { WouldSleep } from './owner.ts';
import { called, stateOf } from './state.ts';

/** Pages `first` up to, not including, `end` are about to leave the file: every user is told, page by page. */
export function invalidated(inode: Inode, first: number, end: number): void {
  const { users, locked } = stateOf(inode);
  for (const page of inode.cached(first, end)) {
    if (locked.has(page))
      throw new WouldSleep(`Page ${page} of ${inode.label} is locked by a user; the caller sleeps.`);
    for (const user of [...users]) {
      called(user.host, inode.label, user.name, `invalidate_page_range ${page} to ${page}`);
      user.ops.invalidate_page_range(inode, user.owner, page, page);
    }
  }
}

/** fallocate made sure that pages exist. */
export function populated(inode: Inode, first: number, end: number): void {
  for (const user of [...stateOf(inode).users]) {
    called(user.host, inode.label, user.name, `fallocate ${first} to ${end}`);
    user.ops.fallocate(inode, user.owner, first, end);
  }
}
