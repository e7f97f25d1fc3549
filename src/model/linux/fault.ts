/**
 * Loads, stores and page faults.
 * Source: arch/x86/mm/fault.c, mm/memory.c, mm/shmem.c (shmem_fault), mm/secretmem.c, Linux 6.18; recordings map-beyond-end,
 * map-empty-file, private-*, shrink-then-fault, secret-fault-rules, matrix-*-mmap.
 * Left out: page tables as such, protection keys, fault-around, huge pages, out-of-memory killing (a fault that finds no
 * memory is SIGBUS here).
 */
import { Signal } from '../errno.ts';
import type { Frame } from '../machine/memory.ts';
import { PAGE } from '../units.ts';
import type { Mapping } from './mapping.ts';
import type { Process } from './process.ts';
import { chargeSecretPage } from './secretmem.ts';
import { bytesText, PAGE_N } from './words.ts';

const bus = (why: string): Signal => new Signal('SIGBUS', 'BUS_ADRERR', why);

/** Where a byte lies. */
export interface Place {
  readonly frame: Frame;
  readonly offset: number;
}

/** Finds the byte at an address as the processor would, faulting pages in; SIGSEGV or SIGBUS where that fails. */
export function access(process: Process, address: number, write: boolean): Place | Signal {
  const mapping = process.space.at(address);
  if (mapping === undefined) return new Signal('SIGSEGV', 'SEGV_MAPERR', 'Nothing is mapped at this address.');
  if (write && !mapping.writable) {
    return new Signal('SIGSEGV', 'SEGV_ACCERR', 'The mapping does not allow stores (no PROT_WRITE).');
  }
  if (!mapping.accessible) return new Signal('SIGSEGV', 'SEGV_ACCERR', 'The mapping allows no access (PROT_NONE).');
  const frame = resolve(mapping, address, write);
  return frame instanceof Signal ? frame : { frame, offset: address % PAGE };
}

/** The page behind an address of a mapping, made if need be. Permissions are the caller's matter. */
export function resolve(mapping: Mapping, address: number, write: boolean): Frame | Signal {
  const own = mapping.copies.get(Math.floor(address / PAGE));
  if (own !== undefined) return write && own.mapped > 1 ? copyPage(mapping, address, own) : own;
  if (mapping.file === undefined) return copyPage(mapping, address, undefined);
  const shown = filePage(mapping, mapping.pageOf(address), write && mapping.mayshare);
  if (shown instanceof Signal || mapping.mayshare || !write) return shown;
  return copyPage(mapping, address, shown);
}

/** A fault on a page of the file. */
function filePage(mapping: Mapping, index: number, write: boolean): Frame | Signal {
  const inode = (mapping.file as NonNullable<Mapping['file']>).inode;
  const { host } = mapping.process;
  host.touch(inode);
  if (BigInt(index) * PAGE_N >= inode.size) {
    return bus(`Page ${index} lies wholly behind the end of the file (${bytesText(inode.size)}).`);
  }
  const refused = host.kernel.extension?.check?.(inode, { op: 'fault', page: index, write }, host);
  if (refused !== undefined) return bus(refused.why);
  const unreachable = inode.operations?.fault(index);
  if (unreachable !== undefined) return bus(unreachable);
  if (inode.kind === 'hugetlb') return bus('No huge page is reserved on this machine.');
  if (inode.kind === 'secretmem' && inode.page(index) === undefined) {
    const limit = chargeSecretPage(mapping.process, inode);
    if (limit !== undefined) return bus(limit);
  }
  const fresh = inode.page(index) === undefined;
  const page = inode.obtain(index);
  if (page === undefined) return bus('The machine has no free memory.');
  if (fresh) host.note(`page ${index} of ${inode.label} allocated`);
  page.uptodate = true;
  return page.frame;
}

/** Gives a private mapping a page of its own, with the content of `from` or zeros. */
function copyPage(mapping: Mapping, address: number, from: Frame | undefined): Frame | Signal {
  const { host } = mapping.process;
  const frame = host.memory.allocate();
  if (frame === undefined) return bus('The machine has no free memory.');
  if (from === undefined) frame.clear();
  else frame.copyFrom(from);
  frame.mapped = 1;
  const number = Math.floor(address / PAGE);
  const old = mapping.copies.get(number);
  if (old !== undefined) {
    old.mapped--;
    host.memory.put(old);
  }
  mapping.copies.set(number, frame);
  if (mapping.file !== undefined)
    host.note(`private copy of page ${mapping.pageOf(address)} of ${mapping.file.inode.label}`);
  return frame;
}

/** The frame behind an address if one is there, without a fault. */
export function present(process: Process, address: number): Frame | undefined {
  const mapping = process.space.at(address);
  const own = mapping?.copies.get(Math.floor(address / PAGE));
  return own ?? mapping?.file?.inode.page(mapping.pageOf(address))?.frame;
}

/** One byte from memory: the byte, or the signal that the load raises. */
export function load(process: Process, address: number): number | Signal {
  const place = access(process, address, false);
  return place instanceof Signal ? place : place.frame.byte(place.offset);
}

/** One byte to memory: 0, or the signal that the store raises. */
export function store(process: Process, address: number, byte: number): 0 | Signal {
  const place = access(process, address, true);
  if (place instanceof Signal) return place;
  place.frame.write(place.offset, Uint8Array.of(byte));
  return 0;
}
