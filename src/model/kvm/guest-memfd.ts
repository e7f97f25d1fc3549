/**
 * guest_memfd: a file of guest memory that belongs to one VM from its creation. Its size is fixed, its pages can be allocated
 * and punched out, parts of it are bound to memory slots; user space may map it only where the file allows that, and touch
 * it only where the file is shared.
 * Source: virt/kvm/guest_memfd.c, Linux 6.12.117, 6.18 and 7.3.4; recordings of content/evidence/guest_memfd. Left out: large
 * pages (there are none up to 7.3.4). Preparation and invalidation by the processor's back-end are hooks of the VM; a VM without
 * a back-end has none.
 */
import { Errno, type Result } from '../errno.ts';
import { FALLOC_FL_KEEP_SIZE, FALLOC_FL_PUNCH_HOLE, O_RDWR } from '../linux/constants.ts';
import type { Inode, InodeOperations } from '../linux/inode.ts';
import type { OpenFile } from '../linux/openfile.ts';
import type { Process } from '../linux/process.ts';
import { freeRange } from '../linux/truncate.ts';
import { PAGE_N, pageOf } from '../linux/words.ts';
import type { Frame } from '../machine/memory.ts';
import type { Owner } from '../trace.ts';
import { GUEST_MEMFD_FLAG_INIT_SHARED, GUEST_MEMFD_FLAG_MMAP } from './constants.ts';
import type { KvmVm } from './kvm-vm.ts';
import type { MemorySlot } from './memslots.ts';
import { kvmRule, kvmRules } from './rules.ts';

/**
 * The open file's own state (struct kvm_gmem or gmem_file): the VM and the bindings. Flags, pages and what is known of them
 * belong to the inode, which a series would give to several files.
 */
export class GuestMemfd implements InodeOperations {
  readonly vm: KvmVm;
  readonly inode: Inode;
  readonly file: OpenFile;
  readonly flags: number;
  /** Slots that have a part of this file. */
  readonly bound = new Set<MemorySlot>();
  /** Pages that were prepared for the guest, by a fault or by populating; a hole forgets it. */
  readonly prepared: Set<number>;
  /** Pages that the memory controller reported as broken: they stay in the file, and the guest gets EHWPOISON. */
  readonly poisoned: Set<number>;
  /** The files of the inode. In every kernel that was read it is one. */
  readonly views: Set<GuestMemfd>;

  /** `size` in bytes. With `of` the file is a further view of the inode of that one. */
  constructor(vm: KvmVm, size: bigint, flags: number, uid: number, of?: GuestMemfd) {
    const { host } = vm;
    this.vm = vm;
    this.flags = flags;
    this.prepared = of?.prepared ?? new Set();
    this.poisoned = of?.poisoned ?? new Set();
    this.views = of?.views ?? new Set();
    this.views.add(this);
    this.inode =
      of?.inode ?? host.makeInode({ kind: 'guest_memfd', name: 'guest_memfd', uid, mode: 0o600, seals: null });
    this.inode.size = size;
    this.inode.operations ??= this;
    this.file = host.makeOpenFile(this.inode, O_RDWR);
    this.file.object = this;
    this.file.released = () => this.#release();
    // The file keeps its VM alive.
    vm.kvm_get_kvm_safe();
  }

  get shared(): boolean {
    return (this.flags & GUEST_MEMFD_FLAG_INIT_SHARED) !== 0;
  }

  owner(page: number): Owner {
    if (this.poisoned.has(page)) return '!';
    const frame = this.inode.page(page)?.frame;
    return (frame && this.vm.gmemOwner(frame)) ?? (this.shared ? 'S' : 'P');
  }

  fallocate(mode: number, offset: bigint, length: bigint): 0 | Errno {
    if ((mode & FALLOC_FL_KEEP_SIZE) === 0) {
      return new Errno('EOPNOTSUPP', 'The size is fixed: fallocate needs FALLOC_FL_KEEP_SIZE.');
    }
    if ((mode & ~(FALLOC_FL_KEEP_SIZE | FALLOC_FL_PUNCH_HOLE)) !== 0) {
      return new Errno('EOPNOTSUPP', 'A guest_memfd knows only preallocation and hole punching.');
    }
    if (offset % PAGE_N !== 0n || length % PAGE_N !== 0n) {
      return new Errno('EINVAL', 'Offset and length must be multiples of the page size.');
    }
    return (mode & FALLOC_FL_PUNCH_HOLE) !== 0 ? this.#punch(offset, length) : this.#allocate(offset, length);
  }

  /** Guests lose the pages first, then they are freed. */
  #punch(offset: bigint, length: bigint): 0 {
    const [first, end] = [pageOf(offset), pageOf(offset + length)];
    this.invalidate(first, end);
    const leaving = this.#frames(first, end);
    freeRange(this.vm.host, this.inode, offset, offset + length);
    for (const [page, frame] of leaving) if (!this.inode.pages.has(page)) this.vm.kvm_arch_gmem_invalidate(frame);
    for (const page of this.prepared) if (!this.inode.pages.has(page)) this.prepared.delete(page);
    for (const page of this.poisoned) if (!this.inode.pages.has(page)) this.poisoned.delete(page);
    return 0;
  }

  /** The pages that are there, from `first` up to, not including, `end`. */
  #frames(first: number, end: number): [page: number, frame: Frame][] {
    return this.inode.cached(first, end).flatMap((page) => {
      const frame = this.inode.page(page)?.frame;
      return frame === undefined ? [] : [[page, frame] as [number, Frame]];
    });
  }

  #allocate(offset: bigint, length: bigint): 0 | Errno {
    if (offset + length > this.inode.size) {
      return new Errno('EINVAL', `The range ends behind the file (${this.inode.size} bytes).`);
    }
    for (let page = pageOf(offset); page < pageOf(offset + length); page++) {
      if (this.inode.obtain(page) === undefined) return new Errno('ENOMEM', 'The machine has no free memory.');
    }
    return 0;
  }

  noexec(): boolean {
    return kvmRule(this.vm.host.kernel, 'exec_mapping') === 'EPERM';
  }

  mmap(shared: boolean): Errno | undefined {
    if ((this.flags & GUEST_MEMFD_FLAG_MMAP) === 0) {
      return new Errno('ENODEV', 'The file was made without GUEST_MEMFD_FLAG_MMAP: it has no mmap operation.');
    }
    return shared ? undefined : new Errno('EINVAL', 'A guest_memfd can only be mapped shared.');
  }

  fault(page: number): string | undefined {
    if (!this.shared) return 'The memory is private to the guest: the file was made without INIT_SHARED.';
    if (this.poisoned.has(page)) return 'The page is broken.';
    this.prepare(page);
    return undefined;
  }

  keepsPolicy(): boolean {
    return kvmRules(this.vm.host.kernel).numa_policy === 'of the file';
  }

  /** Takes pages `first` up to, not including, `end` out of every guest that has them. */
  invalidate(first: number, end: number): void {
    for (const view of this.views) view.#invalidate(first, end);
  }

  #invalidate(first: number, end: number): void {
    const hit = [...this.bound].filter((slot) => slot.filePage < end && first < slot.filePage + slot.pages);
    if (hit.length === 0) return;
    this.vm.mmu_invalidate_begin();
    for (const slot of hit) {
      const from = Math.max(first, slot.filePage) - slot.filePage + slot.first;
      const to = Math.min(end, slot.filePage + slot.pages) - slot.filePage + slot.first;
      this.vm.unmap(from, to, 'guest_memfd');
    }
    this.vm.mmu_invalidate_end();
  }

  /**
   * The page for the guest (kvm_gmem_get_pfn): zeroed, added and prepared if need be, or EHWPOISON, ENOMEM, or what the back-end
   * says. A kernel that keeps its own record of prepared pages asks the back-end once; a later one at every fault.
   */
  page(index: number, gfn = index): Frame | Errno {
    const frame = this.obtain(index);
    if (frame instanceof Errno) return frame;
    const recorded = kvmRules(this.vm.host.kernel).populate === 'EEXIST when prepared' && this.prepared.has(index);
    const refused = recorded ? undefined : this.vm.kvm_arch_gmem_prepare(gfn, frame);
    return refused ?? this.prepare(index) ?? frame;
  }

  /** The page as it is, zeroed and added if it was not there. */
  obtain(index: number): Frame | Errno {
    if (this.poisoned.has(index)) return new Errno('EHWPOISON', 'The page is broken.');
    const page = this.inode.obtain(index);
    if (page === undefined) return new Errno('ENOMEM', 'The machine has no free memory.');
    page.uptodate = true;
    this.vm.host.touch(this.inode);
    return page.frame;
  }

  /** Marks a page as prepared for the guest. */
  prepare(index: number): undefined {
    this.prepared.add(index);
  }

  /** The memory controller reports a broken page: guests lose it, and it is not removed from the file. */
  memory_failure(index: number): 'MF_DELAYED' {
    return this.vm.host.step('kernel', 'memory_failure', [`page ${index}`], () => {
      this.poisoned.add(index);
      this.invalidate(index, index + 1);
      this.vm.host.touch(this.inode);
      this.vm.host.note(`page ${index} of ${this.inode.label} is broken`);
      return 'MF_DELAYED' as const;
    });
  }

  /**
   * The kernel wants to move a page elsewhere (compaction): the mapping is unmovable, so it never is. The same holds for
   * swap: the pages are unevictable.
   */
  move_to_new_folio(index: number): Errno {
    return this.vm.host.step('kernel', 'move_to_new_folio', [`page ${index}`], () => {
      this.vm.host.touch(this.inode);
      return this.move();
    });
  }

  move(): Errno {
    return new Errno('EOPNOTSUPP', 'The pages of a guest_memfd do not move.');
  }

  /** The last reference of the file is gone: slots lose their file and stay, guests lose the pages. */
  #release(): void {
    this.#invalidate(0, Number.MAX_SAFE_INTEGER);
    this.views.delete(this);
    for (const slot of this.bound) slot.gmem = undefined;
    this.bound.clear();
    // The pages go with the inode, so with its last file.
    if (this.views.size === 0) {
      for (const [, frame] of this.#frames(0, Number.MAX_SAFE_INTEGER)) this.vm.kvm_arch_gmem_invalidate(frame);
    }
    this.vm.kvm_put_kvm();
  }
}

/** The guest_memfd behind a descriptor; EBADF, or EINVAL where it is something else. For looking at it: no system call. */
export function guestMemfdOf(process: Process, fd: Result): GuestMemfd | Errno {
  const file = process.file(fd);
  if (file instanceof Errno) return file;
  return file.object instanceof GuestMemfd ? file.object : new Errno('EINVAL', 'The descriptor is not a guest_memfd.');
}
