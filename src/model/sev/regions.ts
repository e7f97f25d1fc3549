/**
 * Guest memory that user space registers: its pages are pinned, and counted against RLIMIT_MEMLOCK.
 * Source: sev_pin_memory, sev_mem_enc_register_region in arch/x86/kvm/svm/sev.c, Linux 6.16.1. The count is the VM's own: what the
 * process has locked otherwise is not added. Left out: FOLL_LONGTERM moving pages out of movable zones.
 */
import { Errno, type Result, Signal } from '../errno.ts';
import type { Frame } from '../machine/memory.ts';
import { PAGE } from '../units.ts';
import { dropLetter } from './letters.ts';
import { sevMachine } from './machine.ts';
import type { SevVm } from './sev-vm.ts';

/** The fields of struct kvm_enc_region, in bytes. */
export interface EncRegion {
  readonly addr: Result;
  readonly size: number;
}

export interface Region {
  readonly addr: number;
  readonly size: number;
  readonly frames: readonly Frame[];
}

/** Pins the pages of a range of user addresses. Errors: EINVAL (empty range, no address), ENOMEM (limit, or a page that cannot be had). */
export function pinMemory(vm: SevVm, addr: Result, size: number): Frame[] | Errno {
  if (addr instanceof Errno) return new Errno('EINVAL', 'The address is the result of a refused call.');
  if (size <= 0) return new Errno('EINVAL', 'The range is empty.');
  const first = Math.floor(addr / PAGE);
  const pages = Math.floor((addr + size - 1) / PAGE) - first + 1;
  const limit = vm.process.rlimit_memlock / BigInt(PAGE);
  if (BigInt(vm.sev.pages_locked + pages) > limit && !vm.process.privileged) {
    return new Errno('ENOMEM', `${pages} more pinned pages are above RLIMIT_MEMLOCK (${limit} pages).`);
  }
  const frames: Frame[] = [];
  for (let page = first; page < first + pages; page++) {
    const frame = vm.process.resolve(page * PAGE, true);
    if (frame instanceof Signal) {
      for (const pinned of frames) vm.host.memory.put(pinned);
      return new Errno('ENOMEM', `Not every page of the range can be pinned: ${frame.why}`);
    }
    frames.push(vm.host.memory.get(frame));
  }
  vm.sev.pages_locked += pages;
  return frames;
}

export function unpinMemory(vm: SevVm, frames: readonly Frame[]): void {
  for (const frame of frames) vm.host.memory.put(frame);
  vm.sev.pages_locked -= frames.length;
}

/** Registers a range. The caches are flushed, because the guest may change how it uses the pages. */
export function registerRegion(vm: SevVm, { addr, size }: EncRegion): 0 | Errno {
  const frames = pinMemory(vm, addr, size);
  if (frames instanceof Errno) return frames;
  for (const frame of frames) sevMachine(vm.host).memory.clflush(frame);
  vm.sev.regions.push({ addr: addr as number, size, frames });
  vm.host.note(`${frames.length} pages pinned`);
  return 0;
}

/** Gives a region back. WBINVD first: lines of the guest would otherwise be written into pages of the next user. */
export function dropRegion(vm: SevVm, region: Region): void {
  sevMachine(vm.host).memory.wbinvd();
  vm.sev.regions.splice(vm.sev.regions.indexOf(region), 1);
  for (const frame of region.frames) dropLetter(frame);
  unpinMemory(vm, region.frames);
}

/** Errors: EINVAL (no region of this address and size). */
export function unregisterRegion(vm: SevVm, { addr, size }: EncRegion): 0 | Errno {
  const found = vm.sev.regions.find((region) => region.addr === addr && region.size === size);
  if (found === undefined) return new Errno('EINVAL', 'No region was registered with this address and size.');
  dropRegion(vm, found);
  return 0;
}
