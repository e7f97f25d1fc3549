/**
 * In-kernel users of a private file: memfile_register_notifier() as in v7 (20220706082016.2603916-4-chao.p.peng@linux.intel.com)
 * and restrictedmem_register_notifier() of v10. Any number may register. Left out: SRCU and mutex; the begin/end pair of v10 is
 * one call here, before the pages go.
 */
import { Errno } from '../../errno.ts';
import type { FileUser } from '../../linux/inode.ts';
import type { OpenFile } from '../../linux/openfile.ts';

export const MEMFILE_F_USER_INACCESSIBLE = 1;
export const MEMFILE_F_UNMOVABLE = 2;
export const MEMFILE_F_UNRECLAIMABLE = 4;
const ALLOWED = MEMFILE_F_USER_INACCESSIBLE | MEMFILE_F_UNMOVABLE | MEMFILE_F_UNRECLAIMABLE;

const KEY = 'memfile flags';

/**
 * Enters a user. Errors: EINVAL for no file, for an unknown flag, and for flags other than those of the users that are
 * there; EOPNOTSUPP for a file that no backing store knows.
 */
export function memfile_register_notifier(file: OpenFile | Errno, flags: number, notifier: FileUser | null): 0 | Errno {
  if (file instanceof Errno || notifier === null) return new Errno('EINVAL', 'There is no file, or nobody to notify.');
  if ((flags & ~ALLOWED) !== 0) return new Errno('EINVAL', 'The flags have an unknown bit.');
  const { inode } = file;
  if (inode.kind !== 'memfd' && inode.kind !== 'tmpfs')
    return new Errno('EOPNOTSUPP', 'No backing store knows this file.');
  if (inode.users.size === 0) inode.state.set(KEY, flags);
  else if (inode.state.get(KEY) !== flags) {
    return new Errno('EINVAL', 'All users of a file have to ask for the same flags.');
  }
  inode.users.add(notifier);
  return 0;
}

/** Takes a user off the list. */
export function memfile_unregister_notifier(file: OpenFile, notifier: FileUser): void {
  file.inode.users.delete(notifier);
}
