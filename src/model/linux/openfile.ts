/**
 * An open file (struct file): what dup and fork share and what opening again makes anew. It has the position and the access
 * mode; the bytes belong to the inode. Descriptors and mappings refer to it, and it lives as long as one does.
 */
import { O_ACCMODE, O_APPEND, O_RDONLY, O_WRONLY } from './constants.ts';
import type { Inode } from './inode.ts';

export class OpenFile {
  readonly inode: Inode;
  /** Access mode and status flags, as F_GETFL shows them. */
  readonly flags: number;
  /** File position in bytes. */
  position = 0n;
  /** Descriptors and mappings that refer to this open file. */
  refs = 0;
  readonly id: number;
  /** What the file stands for in another part of the kernel (private_data). */
  object: unknown;
  /** Called when the last reference is gone (release). */
  released: (() => void) | undefined;

  constructor(id: number, inode: Inode, flags: number) {
    this.id = id;
    this.inode = inode;
    this.flags = flags;
  }

  get readable(): boolean {
    return (this.flags & O_ACCMODE) !== O_WRONLY;
  }

  get writable(): boolean {
    return (this.flags & O_ACCMODE) !== O_RDONLY;
  }

  get append(): boolean {
    return (this.flags & O_APPEND) !== 0;
  }

  /** True for files with a position: lseek, pread and pwrite work (FMODE_LSEEK, FMODE_PREAD, FMODE_PWRITE). */
  get seekable(): boolean {
    return this.inode.hasFileIo || this.inode.operations?.write !== undefined;
  }
}

/** One entry of a descriptor table. */
export interface Descriptor {
  readonly file: OpenFile;
  cloexec: boolean;
}
