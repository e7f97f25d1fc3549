/**
 * The seal itself: what it forbids user space, in the posted order of checks. mm/memfd.c and mm/shmem.c of RFC v2 patch 01
 * (20211119134739.20218-2-chao.p.peng@linux.intel.com), and the variants argued in the thread.
 *
 * Left out: huge pages, swap (as posted the seal keeps pages from being written out), and one detail of the posted text:
 * it releases the mapping lock on exits that never took it (F_SEAL_SEAL set, F_SEAL_WRITE busy); the model returns the
 * plain EPERM or EBUSY there.
 */
import { Errno } from '../../errno.ts';
import {
  F_SEAL_FUTURE_WRITE,
  F_SEAL_GROW,
  F_SEAL_SEAL,
  F_SEAL_SHRINK,
  F_SEAL_WRITE,
  FALLOC_FL_PUNCH_HOLE,
  MFD_ALLOW_SEALING,
} from '../../linux/constants.ts';
import type { Host } from '../../linux/host.ts';
import type { Inode } from '../../linux/inode.ts';
import type { Extension, Kernel, Use } from '../../linux/kernel.ts';
import type { Process } from '../../linux/process.ts';
import { bytesText, PAGE_N, pageOf, pageUp } from '../../linux/words.ts';
import type { Owner } from '../../trace.ts';
import { invalidated, populated } from './notify.ts';
import { stateOf } from './state.ts';
import type { Variant } from './variant.ts';

/** The seal's number in RFC v1 to v4. Since Linux 6.3 it means F_SEAL_EXEC. */
export const F_SEAL_GUEST = 0x0020;
/**
 * The creation flag that Andy Lutomirski argues for (faf88ba7-cb9c-f7ec-07f5-e3971bd35a4c@kernel.org). He gives no number;
 * this is the one that v3 used for MFD_INACCESSIBLE (20211223123011.41044-3-chao.p.peng@linux.intel.com). Since Linux 6.3 it
 * means MFD_NOEXEC_SEAL.
 */
export const MFD_GUEST = 0x0008;

/** True when the file is guest memory, however it became so. */
export const isGuestFile = (inode: Inode): boolean => ((inode.seals ?? 0) & F_SEAL_GUEST) !== 0;

const variants = new WeakMap<Kernel, Variant>();

/** The choices that a kernel of this proposal stands for. Throws for any other kernel. */
export function variantOf(kernel: Kernel): Variant {
  const variant = variants.get(kernel);
  if (variant === undefined)
    throw new TypeError(`${kernel.name} has no F_SEAL_GUEST: make the host for a kernel of the proposal`);
  return variant;
}

export function remember(kernel: Kernel, variant: Variant): Kernel {
  variants.set(kernel, variant);
  return kernel;
}

const forbidden = (what: string): Errno =>
  new Errno('EPERM', `The file is guest memory: user space cannot ${what} it.`);

/** Every use of a guest file that the posted code looks at. */
function check(inode: Inode, use: Use, variant: Variant, host: Host): Errno | undefined {
  if (!isGuestFile(inode)) return undefined;
  const seals = inode.seals ?? 0;
  switch (use.op) {
    case 'read':
      // The size is looked at first, by page: behind the page in which the file ends a read gives 0 bytes.
      return pageOf(use.offset) > pageOf(inode.size) ? undefined : forbidden('read');
    case 'write':
      return forbidden('write');
    case 'mmap':
      return forbidden('map');
    case 'ftruncate': {
      const shrinks = use.size < inode.size && (seals & F_SEAL_SHRINK) !== 0;
      const grows = use.size > inode.size && (seals & F_SEAL_GROW) !== 0;
      if (shrinks || grows || use.size % PAGE_N === 0n) return undefined;
      return new Errno('EINVAL', 'The size of guest memory is a multiple of the page size.');
    }
    case 'fallocate': {
      if ((use.mode & FALLOC_FL_PUNCH_HOLE) === 0) return charge(inode, use.offset, use.length, variant, host.current);
      if ((seals & (F_SEAL_WRITE | F_SEAL_FUTURE_WRITE)) !== 0) return undefined;
      if (use.offset % PAGE_N === 0n && use.length % PAGE_N === 0n) return undefined;
      return new Errno('EINVAL', 'A hole in guest memory starts and ends at a page boundary.');
    }
    default:
      return undefined;
  }
}

/**
 * The charge that David Hildenbrand asks for (942e0dd6-e426-06f6-7b6c-0e80d23c27e6@redhat.com). He gives neither place nor
 * errno; the model charges the caller of fallocate and refuses with ENOMEM, as VFIO does for pages it pins.
 */
function charge(
  inode: Inode,
  offset: bigint,
  length: bigint,
  variant: Variant,
  process: Process | undefined,
): Errno | undefined {
  if (variant.charge === 'nobody' || process === undefined) return undefined;
  const state = stateOf(inode);
  const fresh: number[] = [];
  for (let page = pageOf(offset); page < pageUp(offset + length); page++)
    if (inode.page(page) === undefined) fresh.push(page);
  const limit = pageOf(process.rlimit_memlock);
  if (chargedPages(inode, process) + fresh.length > limit) {
    return new Errno('ENOMEM', `${process.name} may lock ${limit} pages and would exceed that.`);
  }
  state.pending = { process, pages: fresh };
  return undefined;
}

/** How many pages of a file a process is charged for. */
export function chargedPages(inode: Inode, process: Process): number {
  return [...stateOf(inode).charged.values()].filter((payer) => payer === process).length;
}

/** F_ADD_SEALS with F_SEAL_GUEST, after the checks of the other seals. */
function checkSeal(inode: Inode, asked: number, variant: Variant): Errno | undefined {
  if ((asked & F_SEAL_GUEST) === 0) return undefined;
  if (inode.mappings.size > 0)
    return new Errno('EBUSY', 'The file is mapped: the seal needs a file without any mapping.');
  if (inode.size > 0n)
    return new Errno('EBUSY', `The file holds ${bytesText(inode.size)}: the seal needs an empty file.`);
  const others = ((inode.seals ?? 0) | asked) & ~F_SEAL_GUEST;
  if (variant.other_seals === 'refused' && others !== 0) {
    return new Errno('EBUSY', 'Another seal is set: in this variant the seal needs a file without seals.');
  }
  return undefined;
}

function letter(inode: Inode): Owner | undefined {
  if (isGuestFile(inode)) return 'P';
  return stateOf(inode).users.length > 0 ? 'S' : undefined;
}

/** The proposal as an addition to the memfd model. */
export function guestSeal(name: string, variant: Variant): Extension {
  const flag = variant.handle === 'flag';
  return {
    name,
    ...(flag
      ? { memfd_flags: [['MFD_GUEST', MFD_GUEST]] as const }
      : { seals: [['F_SEAL_GUEST', F_SEAL_GUEST]] as const }),
    check_creation: (flags) => {
      if ((flags & MFD_GUEST) === 0 || (flags & MFD_ALLOW_SEALING) === 0) return undefined;
      return new Errno('EINVAL', 'A guest file cannot be sealed: the flag excludes MFD_ALLOW_SEALING.');
    },
    created: (inode, flags) => {
      if (flag && (flags & MFD_GUEST) !== 0) inode.seals = F_SEAL_SEAL | F_SEAL_GUEST;
    },
    check_add_seals: (inode, seals) => checkSeal(inode, seals, variant),
    check: (inode, use, host) => check(inode, use, variant, host),
    fallocated: (inode, first, end) => {
      const state = stateOf(inode);
      for (const page of state.pending?.pages ?? []) if (state.pending) state.charged.set(page, state.pending.process);
      state.pending = undefined;
      populated(inode, first, end);
    },
    invalidate: (inode, first, end) => {
      const { charged } = stateOf(inode);
      for (let page = first; page < end; page++) charged.delete(page);
      invalidated(inode, first, end);
    },
    move: (inode) =>
      isGuestFile(inode) ? new Errno('ENOTSUPP', 'shmem_migrate_page refuses pages of guest memory.') : undefined,
    unevictable: (inode) => isGuestFile(inode),
    owner: letter,
  };
}
