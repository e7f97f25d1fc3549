/**
 * The file itself: size, mode, seals and pages. Everything that all descriptors and mappings of a file have in common
 * lives here (struct inode, its page cache and shmem_inode_info). The file exists while anything refers to it.
 */
import type { Errno } from '../errno.ts';
import type { Frame, PhysicalMemory } from '../machine/memory.ts';
import type { Owner } from '../trace.ts';
import type { Mapping } from './mapping.ts';
import type { Bytes } from './usermemory.ts';

/**
 * `disk` stands for any file that is not kept in memory: it has no seals. `tmpfs` is a plain file of a tmpfs mount. `kvm` is a
 * descriptor of KVM, such as a VM: no memory of its own.
 */
export type InodeKind = 'memfd' | 'hugetlb' | 'tmpfs' | 'disk' | 'secretmem' | 'guest_memfd' | 'kvm';

/** A page in the page cache. */
export interface CachedPage {
  /** Another one after the kernel moved the page. */
  frame: Frame;
  /** False while only fallocate has asked for the page: SEEK_DATA takes it for a hole. */
  uptodate: boolean;
}

/** Another part of the kernel that uses the pages of a file without mapping it, and wants to hear when they go. */
export interface FileUser {
  readonly name: string;
  /** Pages `first` up to, not including, `end` are about to leave the file. */
  invalidate?(first: number, end: number): void;
  /** fallocate made sure that these pages exist. */
  fallocate?(first: number, end: number): void;
  /** The memory controller reports this page as broken. */
  error?(page: number): void;
}

/** What a file of another part of the kernel does itself (file_operations, vm_operations). Offsets and lengths are bytes. */
export interface InodeOperations {
  /** fallocate, after the generic checks. */
  fallocate(mode: number, offset: bigint, length: bigint): 0 | Errno;
  /** Whether the mount of the file forbids PROT_EXEC. */
  noexec(): boolean;
  /** mmap, after the generic checks; undefined allows it. */
  mmap(shared: boolean): Errno | undefined;
  /** A page fault inside the file; the sentence says why it becomes SIGBUS. */
  fault(page: number): string | undefined;
  /** The letter of a page that is there. */
  owner(page: number): Owner;
  /** The kernel wants to move a page to another frame: why it cannot. */
  move(page: number): Errno;
  /** Whether mbind() through a mapping is stored in the file; where it is not, it has no effect on the file's pages. */
  keepsPolicy?(): boolean;
  /** write and pwrite: bytes written, or why none were. Absent where the file has no such operation. */
  write?(data: Bytes, offset: bigint): number | Errno;
}

export class Inode {
  readonly ino: number;
  readonly kind: InodeKind;
  /** The name given to memfd_create; for people only. */
  readonly name: string;
  readonly uid: number;
  /** Size in bytes. */
  size = 0n;
  /** Permission bits. */
  mode: number;
  readonly nlink: number;
  /** The seals; null where seals do not exist. */
  seals: number | null;
  /** st_blksize: 4096, or the huge page size. */
  readonly blksize: number;
  readonly pages = new Map<number, CachedPage>();
  /** Counts additions and removals of pages. */
  pageChanges = 0;
  /** Every mapping of the file in every process (i_mmap). */
  readonly mappings = new Set<Mapping>();
  /** Other in-kernel users. */
  readonly users = new Set<FileUser>();
  /** State of an extension, by the extension's own key. */
  readonly state = new Map<string, unknown>();
  readonly memory: PhysicalMemory;
  /** False for a file of an extension that has no read, no write and no position. */
  fileIo = true;
  /** Set for files that bring their own operations. */
  operations: InodeOperations | undefined;
  /** The pages leave the kernel's direct map, so that get_user_pages refuses them (memfd_secret; AS_NO_DIRECT_MAP of a series). */
  noDirectMap: boolean;
  /** Pages that were written out to swap, with their content. */
  readonly swapped = new Map<number, Uint8Array>();
  /** The file's NUMA policy: the node that a page of the file is to come from, by page number. */
  readonly policy = new Map<number, number>();

  constructor(memory: PhysicalMemory, made: InodeData) {
    this.memory = memory;
    this.ino = made.ino;
    this.kind = made.kind;
    this.name = made.name;
    this.uid = made.uid;
    this.mode = made.mode;
    this.seals = made.seals;
    this.nlink = made.kind === 'secretmem' || made.kind === 'guest_memfd' ? 1 : 0;
    this.blksize = made.blksize ?? 4096;
    this.noDirectMap = made.kind === 'secretmem';
  }

  /** True where read, write and a position exist. */
  get hasFileIo(): boolean {
    return this.fileIo && this.kind !== 'secretmem' && this.kind !== 'guest_memfd' && this.kind !== 'kvm';
  }

  /** How the file is called in pictures and in the gutter. */
  get label(): string {
    return this.name === '' ? `${this.kind} ${this.ino}` : this.name;
  }

  /** True when a shared mapping exists that is writable or may become so (i_mmap_writable > 0). */
  get mappedWritably(): boolean {
    for (const mapping of this.mappings) if (mapping.shared && mapping.maywrite) return true;
    return false;
  }

  /** True when a page of the file is referenced by more than the page cache itself. */
  get pinned(): boolean {
    for (const page of this.pages.values()) if (page.frame.refs > 1) return true;
    return false;
  }

  /** The page, if the page cache or the swap has it. */
  page(index: number): CachedPage | undefined {
    return this.swapped.has(index) ? this.obtain(index) : this.pages.get(index);
  }

  /** The page, zeroed and added to the page cache if it was not there; undefined when memory is exhausted. */
  obtain(index: number): CachedPage | undefined {
    const found = this.pages.get(index);
    if (found !== undefined) return found;
    const frame = this.memory.allocate(this.policy.get(index));
    if (frame === undefined) return undefined;
    frame.clear();
    if (this.kind === 'secretmem') frame.inDirectMap = false;
    const out = this.swapped.get(index);
    if (out !== undefined) frame.write(0, out);
    this.swapped.delete(index);
    const page: CachedPage = { frame, uptodate: out !== undefined };
    this.pages.set(index, page);
    this.pageChanges++;
    return page;
  }

  /** Takes a page out of the page cache. Whoever holds another reference keeps the frame. */
  drop(index: number): void {
    const page = this.pages.get(index);
    if (page === undefined) return;
    this.pages.delete(index);
    this.pageChanges++;
    if (this.kind === 'secretmem') page.frame.clear();
    page.frame.inDirectMap = true;
    this.memory.put(page.frame);
  }

  /** The numbers of all cached pages, in order. */
  indices(): number[] {
    const found = [...this.pages.keys()];
    // Most files are filled from the start; then the keys are in order already.
    return found.every((index, at) => at === 0 || index > (found[at - 1] as number))
      ? found
      : found.sort((a, b) => a - b);
  }

  /** The numbers of the cached pages from `first` up to, not including, `end`, in order. */
  cached(first: number, end: number): number[] {
    if (end - first < this.pages.size) {
      const found: number[] = [];
      for (let index = first; index < end; index++) if (this.pages.has(index)) found.push(index);
      return found;
    }
    return this.indices().filter((index) => index >= first && index < end);
  }
}

export interface InodeData {
  readonly ino: number;
  readonly kind: InodeKind;
  readonly name: string;
  readonly uid: number;
  readonly mode: number;
  readonly seals: number | null;
  readonly blksize?: number;
}
