/**
 * What the kernel does to a page of guest memory of its own accord, generation by generation: it moves the page, writes it
 * out, or learns that it is broken. Where the series says nothing, or its code was not read, that is the answer.
 */
import { Errno } from '../../errno.ts';
import { GuestMemfd } from '../../kvm/guest-memfd.ts';
import type { Inode } from '../../linux/inode.ts';
import type { Process } from '../../linux/process.ts';
import { move_to_new_folio, swap_out } from '../../linux/reclaim.ts';
import type { Showable } from '../../show.ts';
import { answered, NoAnswer, notRead, notStated, word } from './answers.ts';

export interface Deeds {
  /** Moves the first page to another frame. */
  move(fd: number | Errno): 0 | Errno | NoAnswer;
  /** Writes the first page out. */
  swap(fd: number | Errno): Showable | Errno | NoAnswer;
  /** The memory controller reports the first page as broken. */
  fail(fd: number | Errno): Showable | Errno | NoAnswer;
}

/** Argued or drafted without a word about it. */
const SILENT: ReadonlySet<string> = new Set(['poison-v2', 'two-views']);
/** The code that decides was not read. */
const UNREAD: Readonly<Record<keyof Deeds, ReadonlySet<string>>> = {
  move: new Set(['inaccessible-v5', 'inaccessible-v8', 'restricted-v10']),
  swap: new Set(['inaccessible-v8', 'restricted-v10']),
  fail: new Set(['inaccessible-v3', 'inaccessible-v5', 'inaccessible-v6', 'inaccessible-v8']),
};
const shmem = new NoAnswer('not read', 'What shmem does with a broken page was not read for this site.');
const BY_NOTIFIER = 'restricted-v10';

export function deeds(id: string, vmm: Process): Deeds {
  const inodeOf = (fd: number | Errno): Inode | Errno => {
    const file = vmm.file(fd);
    return 'inode' in file ? file.inode : file;
  };
  const kernel = (what: 'move' | 'swap', act: typeof move_to_new_folio) => (fd: number | Errno) => {
    if (SILENT.has(id)) return notStated;
    if (UNREAD[what].has(id)) return notRead;
    const inode = inodeOf(fd);
    return 'pages' in inode ? answered(() => act(vmm.host, inode, 0)) : inode;
  };
  return {
    move: kernel('move', move_to_new_folio),
    swap: (fd) => {
      const answer = kernel('swap', swap_out)(fd);
      if (answer === 0) return word('written out');
      return answer instanceof Errno && answer.name === 'EBUSY' ? new NoAnswer('stays in memory', answer.why) : answer;
    },
    fail: (fd) => {
      if (SILENT.has(id)) return notStated;
      if (UNREAD.fail.has(id)) return notRead;
      const file = vmm.file(fd);
      if (!('inode' in file)) return file;
      if (file.object instanceof GuestMemfd) return word(file.object.memory_failure(0));
      if (id !== BY_NOTIFIER) return shmem;
      for (const user of file.inode.users) user.error?.(0);
      return word('KVM is told');
    },
  };
}
