/**
 * A kernel is rule data: what differs between versions is stated here once, so that the difference itself can be read.
 * What only an unmerged series did is an `Extension` that lives with its proposal.
 */

import type { Errno } from '../errno.ts';
import type { Frame } from '../machine/memory.ts';
import type { Owner } from '../trace.ts';
import type { Host } from './host.ts';
import type { Inode } from './inode.ts';
import type { OpenFile } from './openfile.ts';

/** How the rules of a kernel became known. */
export type Evidence = 'recorded' | 'source read' | 'posting' | 'commits';

/** A rule whose source was not read for this kernel: a call whose answer depends on it throws NotRead. */
export type NotReadRule = 'not read';

/** What differs between kernel versions, as far as the model knows it. */
export interface Rules {
  /** Seal bits that F_ADD_SEALS knows. */
  readonly seals: number;
  /** Flag bits that memfd_create knows, without the huge page size field. */
  readonly memfd_flags: number;
  /** What the argument of F_ADD_SEALS is: its low 32 bits, or refused (EINVAL) when a higher bit is set. */
  readonly seal_argument: 'low 32 bits' | 'EINVAL above 32 bits';
  /**
   * Whether the seals that F_SEAL_EXEC implies are checked like asked-for ones, or added after the checks. `no such seal`:
   * the kernel knows neither F_SEAL_EXEC nor MFD_NOEXEC_SEAL, and their bits mean nothing or something else.
   */
  readonly exec_seal_implies: 'before the checks' | 'after the checks' | 'no such seal';
  /** A shared mapping without PROT_WRITE of a file with F_SEAL_WRITE, through a descriptor open for writing. */
  readonly shared_readonly_of_write_sealed: 'allowed' | 'EPERM';
  /** vm.memfd_noexec = 2 and memfd_create with neither MFD_EXEC nor MFD_NOEXEC_SEAL. */
  readonly noexec_2_without_flag: 'as MFD_NOEXEC_SEAL' | 'EINVAL';
  /** vm.memfd_noexec = 2 and memfd_create with MFD_EXEC. */
  readonly noexec_2_with_exec: 'EACCES' | 'allowed';
  /** Whether vm.memfd_noexec obeys the ancestors and may be lowered down to their value, or may only be raised. */
  readonly noexec_scope: 'hierarchy' | 'only upwards';
  /** Where memfd_secret pages are held against RLIMIT_MEMLOCK. */
  readonly secretmem_limit: 'at mmap' | 'at first touch' | NotReadRule;
  /** Whether a mapping of a memfd_secret file counts as locked, so that madvise refuses to drop its pages. */
  readonly secretmem_mapping: 'locked' | 'not locked' | NotReadRule;
  /** Whether write(2) looks at its buffer before or after the seals: EFAULT or EPERM when both would refuse. */
  readonly write_buffer: 'before the seals' | 'after the seals' | NotReadRule;
}

/** A use of a file that an extension may refuse. Offsets are bytes. */
export type Use =
  /** One chunk of a read(2), asked before the position is compared with the size. */
  | { readonly op: 'read'; readonly offset: bigint; readonly length: number }
  /** One chunk of a write(2): at most one page. */
  | { readonly op: 'write'; readonly offset: bigint; readonly length: number }
  | { readonly op: 'mmap'; readonly prot: number; readonly shared: boolean }
  | { readonly op: 'ftruncate'; readonly size: bigint }
  | { readonly op: 'fallocate'; readonly mode: number; readonly offset: bigint; readonly length: bigint }
  /** A page fault through a mapping that exists. */
  | { readonly op: 'fault'; readonly page: number; readonly write: boolean };

/** What a series added to memfd. Every hook is optional; a returned Errno refuses the call, which then changes nothing. */
export interface Extension {
  readonly name: string;
  /** Seals with names of their own, for texts: those of the extension come in place of the kernel's. */
  readonly seals?: readonly (readonly [name: string, bit: number])[];
  /** The same for the flags of memfd_create. */
  readonly memfd_flags?: readonly (readonly [name: string, bit: number])[];
  /** memfd_create, after the kernel's own flag checks; own bits must be in `rules.memfd_flags`. */
  check_creation?(flags: number): Errno | undefined;
  /** A file was created with these flags; it may be given seals or state. */
  created?(inode: Inode, flags: number): void;
  /** F_ADD_SEALS, after the kernel's own checks and before the seals are set; own bits must be in `rules.seals`. */
  check_add_seals?(inode: Inode, seals: number, file: OpenFile): Errno | undefined;
  /** After the seals were set. */
  seals_added?(inode: Inode, seals: number): void;
  /** Before the file is used; called ahead of the kernel's own seal checks for that use. */
  check?(inode: Inode, use: Use, host: Host): Errno | undefined;
  /** fallocate made sure that these pages exist: first page, and the page behind the last. */
  fallocated?(inode: Inode, first: number, end: number): void;
  /** These pages are about to leave the file (punch hole, truncate): first page, and the page behind the last. */
  invalidate?(inode: Inode, first: number, end: number): void;
  /** The kernel wants to move a page of the file; undefined leaves it to the kernel. */
  move?(inode: Inode): Errno | undefined;
  /** True where the kernel does not write pages of the file out. */
  unevictable?(inode: Inode): boolean;
  /** The letter of a page in gutter and pictures; undefined leaves it as it is. */
  owner?(inode: Inode, page: number, frame: Frame): Owner | undefined;
}

/** A kernel that a Host can be made for. */
export interface Kernel {
  /** Name for people: `Linux 6.18.44`. */
  readonly name: string;
  readonly version: string;
  readonly evidence: Evidence;
  /** How it is known, for a column's head, where the word of `evidence` says too little. */
  readonly how?: string;
  /** What exactly was read or run. */
  readonly source: string;
  readonly rules: Rules;
  /** False where only KVM was read: memfd_create, memfd_secret and vm.memfd_noexec then throw NotRead. */
  readonly memfd?: false;
  readonly extension?: Extension;
}
