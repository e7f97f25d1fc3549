/**
 * One mapping of an address space (struct vm_area_struct). Addresses are bytes; pages of the file are page numbers.
 */
import type { Frame } from '../machine/memory.ts';
import { PAGE } from '../units.ts';
import { PROT_WRITE } from './constants.ts';
import type { OpenFile } from './openfile.ts';
import type { Process } from './process.ts';

export class Mapping {
  readonly process: Process;
  start: number;
  end: number;
  /** PROT_ bits. */
  prot: number;
  /** MAP_SHARED was asked for (VM_MAYSHARE). */
  readonly mayshare: boolean;
  /** MAP_SHARED through a descriptor open for writing (VM_SHARED). */
  readonly shared: boolean;
  /** mprotect may add PROT_WRITE (VM_MAYWRITE). */
  readonly maywrite: boolean;
  /** mprotect may add PROT_EXEC (VM_MAYEXEC). */
  readonly mayexec: boolean;
  /** The open file; undefined for anonymous memory. */
  readonly file: OpenFile | undefined;
  /** Page of the file at `start`. */
  pgoff: number;
  /** Counts as locked memory (VM_LOCKED). */
  locked: boolean;
  /** The mapping's own pages, by page number of the address: copies made by stores to private memory. */
  readonly copies = new Map<number, Frame>();

  constructor(data: MappingData) {
    this.process = data.process;
    this.start = data.start;
    this.end = data.end;
    this.prot = data.prot;
    this.mayshare = data.mayshare;
    this.shared = data.shared;
    this.maywrite = data.maywrite;
    this.mayexec = data.mayexec;
    this.file = data.file;
    this.pgoff = data.pgoff;
    this.locked = data.locked;
  }

  /** The page of the file that an address shows. */
  pageOf(address: number): number {
    return this.pgoff + Math.floor((address - this.start) / PAGE);
  }

  get writable(): boolean {
    return (this.prot & PROT_WRITE) !== 0;
  }

  /** Any access at all (vma_is_accessible): x86 lets PROT_WRITE alone read. */
  get accessible(): boolean {
    return this.prot !== 0;
  }
}

export interface MappingData {
  readonly process: Process;
  readonly start: number;
  readonly end: number;
  readonly prot: number;
  readonly mayshare: boolean;
  readonly shared: boolean;
  readonly maywrite: boolean;
  readonly mayexec: boolean;
  readonly file: OpenFile | undefined;
  readonly pgoff: number;
  readonly locked: boolean;
}
