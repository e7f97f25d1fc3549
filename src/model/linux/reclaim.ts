/**
 * What the kernel does to a page of a file of its own accord: move it to another frame, or write it out.
 * Source: mm/migrate.c (folio_migrate_mapping: EAGAIN while anybody else holds the page), mm/secretmem.c
 * (secretmem_migrate_folio), facts of the files' own operations. Left out: isolation, locks, writeback that fails, and who wants
 * it: compaction, a memory node that goes, memory pressure.
 */
import { Errno } from '../errno.ts';
import { PAGE } from '../units.ts';
import type { Host } from './host.ts';
import type { Inode } from './inode.ts';

const missing = (): Errno => new Errno('EINVAL', 'There is no page.');

/**
 * The kernel moves a page to another frame: 0, or EINVAL (no page), EAGAIN (somebody holds it), or what the file answers:
 * EBUSY (memfd_secret), EOPNOTSUPP (guest_memfd).
 */
export function move_to_new_folio(host: Host, inode: Inode, index: number): 0 | Errno {
  return host.step('kernel', 'move_to_new_folio', [inode.label, `page ${index}`], () => {
    const page = inode.page(index);
    if (page === undefined) return missing();
    host.touch(inode);
    const refused = inode.operations?.move(index) ?? host.kernel.extension?.move?.(inode);
    if (refused !== undefined) return refused;
    if (inode.kind === 'secretmem') return new Errno('EBUSY', 'Secret memory does not move.');
    if (page.frame.refs > 1) return new Errno('EAGAIN', 'Somebody else holds the page.');
    const fresh = host.memory.allocate(page.frame.node);
    if (fresh === undefined) return new Errno('ENOMEM', 'The machine has no free memory.');
    fresh.copyFrom(page.frame);
    host.memory.put(page.frame);
    page.frame = fresh;
    inode.pageChanges++;
    host.note(`page ${index} of ${inode.label} in another frame`);
    return 0;
  });
}

/** The kernel wants the frame of a page: 0 when it was written out, EBUSY where it stays, EINVAL where there is none. */
export function swap_out(host: Host, inode: Inode, index: number): 0 | Errno {
  return host.step('kernel', 'swap_out', [inode.label, `page ${index}`], () => {
    const page = inode.page(index);
    if (page === undefined) return missing();
    host.touch(inode);
    const stays = inode.operations !== undefined || inode.kind === 'secretmem' || inode.kind === 'hugetlb';
    if (stays || host.kernel.extension?.unevictable?.(inode)) {
      return new Errno('EBUSY', 'The pages of this file are unevictable.');
    }
    if (page.frame.refs > 1) return new Errno('EBUSY', 'Somebody else holds the page.');
    const content = page.frame.read(0, PAGE);
    inode.drop(index);
    inode.swapped.set(index, content);
    host.note(`page ${index} of ${inode.label} written out`);
    return 0;
  });
}
