/**
 * The handshake between a file and its in-kernel users, RFC v2 patch 01
 * (20211119134739.20218-2-chao.p.peng@linux.intel.com): memfd_register_guest(), struct guest_ops, struct guest_mem_ops.
 *
 * As posted there is no unregister: an owner stays registered after it is gone. Registering does not look at the seal.
 */
import { Errno } from '../../errno.ts';
import type { Host } from '../../linux/host.ts';
import type { Inode } from '../../linux/inode.ts';
import type { OpenFile } from '../../linux/openfile.ts';
import type { Showable } from '../../show.ts';
import { isGuestFile, variantOf } from './seal.ts';
import { called, type Registration, stateOf } from './state.ts';

/** struct guest_ops: what an owner gives a file. Pages of the file; `end` is the last page, as posted for invalidation. */
export interface GuestOps {
  /** Pages are about to leave the file: `start` to `end`, both included. */
  invalidate_page_range(inode: Inode, owner: number, start: number, end: number): void;
  /** fallocate made sure that pages exist: `start` up to, not including, `end`. */
  fallocate(inode: Inode, owner: number, start: number, end: number): void;
}

/** struct guest_mem_ops: what a file gives its owner. */
export interface GuestMemOps extends Showable {
  /**
   * The page frame of a page, with the page locked and a reference taken. `alloc` makes the page if it is not there.
   * Errors: EINVAL behind the end of the file without `alloc` (shmem_getpage with SGP_READ). A hole inside the file gives
   * no page there either; which value stands for it is not stated in what was read, the model says EINVAL as well.
   * shmem of that time took a page that only fallocate had made for a hole under SGP_READ; v3 asked differently
   * (SGP_NOALLOC). The model follows the intent: such a page exists.
   */
  get_lock_pfn(inode: Inode, offset: number, alloc: boolean): number | Errno;
  /** Marks the page dirty, unlocks it and drops the reference. */
  put_unlock_pfn(inode: Inode, offset: number): void;
}

/** Thrown where a real call would sleep until another thread lets go of a page lock: the model runs one thread. */
export class WouldSleep extends Error {
  override readonly name = 'WouldSleep';
}

/** What registers: it has an address, which is all that a file remembers of it. */
export interface Registrant {
  readonly name: string;
  readonly address: number;
}

/**
 * memfd_register_guest(inode, owner, guest_ops, &guest_mem_ops). The model returns the operations instead of writing them
 * through a pointer. Errors as posted: EINVAL for a file that is not kept by shmem or for a null owner; EPERM when the file
 * already has a different owner. In the variants argued in the thread every further refusal is EPERM too: no message names
 * an errno for them.
 */
export function memfd_register_guest(
  host: Host,
  file: OpenFile | Errno,
  owner: Registrant | null,
  ops: GuestOps,
  exclusive = false,
): GuestMemOps | Errno {
  return host.step('kernel', 'memfd_register_guest', [owner?.name ?? 'NULL'], () => {
    if (file instanceof Errno) return new Errno('EINVAL', 'There is no file behind this descriptor.');
    const { inode } = file;
    if (inode.kind !== 'memfd' && inode.kind !== 'tmpfs') {
      return new Errno('EINVAL', 'Only a file kept by shmem can serve a guest.');
    }
    if (owner === null) return new Errno('EINVAL', 'A file cannot be owned by nobody.');
    const refused = refuse(host, inode, owner, exclusive);
    if (refused !== undefined) return refused;
    enter(inode, { host, owner: owner.address, name: owner.name, ops, exclusive });
    host.touch(inode);
    host.note(`${owner.name} is registered with ${inode.label}`);
    return memOps(host, owner.name);
  });
}

/** One entry per owner: registering again replaces it. */
function enter(inode: Inode, entry: Registration): void {
  const { users } = stateOf(inode);
  const mine = users.findIndex((user) => user.owner === entry.owner);
  if (mine >= 0) users[mine] = entry;
  else users.push(entry);
}

/**
 * What the posting lacks and every later version has: the owner is forgotten. Paolo Bonzini's locking
 * (5f6f43a1-bb4c-f498-2aba-4c93ab57fc98@gnu.org) presumes it; v3 calls it memfd_unregister_falloc_notifier.
 */
export function unregister(inode: Inode, owner: number): void {
  const { users } = stateOf(inode);
  const mine = users.findIndex((user) => user.owner === owner);
  if (mine >= 0) users.splice(mine, 1);
}

function refuse(host: Host, inode: Inode, owner: Registrant, exclusive: boolean): Errno | undefined {
  const variant = variantOf(host.kernel);
  const others = stateOf(inode).users.filter((user) => user.owner !== owner.address);
  const known = stateOf(inode).users.some((user) => user.owner === owner.address);
  if (variant.users_after_seal === 'refused' && isGuestFile(inode) && !known) {
    return new Errno('EPERM', 'The trap door is closed: the seal stops every new user, in the kernel as well.');
  }
  if (others.length === 0 || variant.users === 'many') return undefined;
  if (variant.users === 'one') return new Errno('EPERM', `The file has an owner already: ${others[0]?.name}.`);
  if (variant.users === 'whom the guest admits') {
    if (stateOf(inode).admitted.has(owner.address)) return undefined;
    return new Errno('EPERM', `The guest of ${others[0]?.name} has not admitted ${owner.name} to its memory.`);
  }
  const alone = others.find((user) => user.exclusive);
  if (alone !== undefined) return new Errno('EPERM', `${alone.name} asked to be the only user of this file.`);
  if (exclusive)
    return new Errno('EPERM', `${owner.name} asks to be the only user, but ${others[0]?.name} uses the file.`);
  return undefined;
}

function memOps(host: Host, user: string): GuestMemOps {
  return {
    show: () => `guest_mem_ops for ${user}`,
    get_lock_pfn(inode, offset, alloc) {
      called(host, user, inode.label, `get_lock_pfn page ${offset}${alloc ? ', allocate' : ''}`);
      const state = stateOf(inode);
      if (state.locked.has(offset)) throw new WouldSleep(`Page ${offset} of ${inode.label} is locked by another user.`);
      const page = alloc ? inode.obtain(offset) : inode.page(offset);
      if (page === undefined) {
        return alloc
          ? new Errno('ENOMEM', 'No page frame is left.')
          : new Errno('EINVAL', `Page ${offset} is a hole or lies behind the end of the file.`);
      }
      page.uptodate = true;
      state.locked.add(offset);
      inode.memory.get(page.frame);
      host.touch(inode);
      return page.frame.pfn;
    },
    put_unlock_pfn(inode, offset) {
      called(host, user, inode.label, `put_unlock_pfn page ${offset}`);
      const page = inode.page(offset);
      if (page === undefined || !stateOf(inode).locked.delete(offset)) {
        throw new Error(`VM_BUG_ON_PAGE: page ${offset} of ${inode.label} is not locked`);
      }
      inode.memory.put(page.frame);
    },
  };
}
