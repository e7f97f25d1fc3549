/**
 * Memory slots: KVM_SET_USER_MEMORY_REGION and KVM_SET_USER_MEMORY_REGION2, with all checks in their order.
 * Source: virt/kvm/kvm_main.c, Linux 6.12.117 and 7.3.4; recordings bind-*, slot-is-immutable, delete-*.
 */
import { Errno, type Result } from '../errno.ts';
import { TASK_SIZE } from '../linux/addressspace.ts';
import { NotRead } from '../linux/notread.ts';
import type { Process } from '../linux/process.ts';
import { low32, PAGE_N, signed, unsigned, type WordIn } from '../linux/words.ts';
import {
  GUEST_MEMFD_FLAG_MMAP,
  KVM_MEM_GUEST_MEMFD,
  KVM_MEM_LOG_DIRTY_PAGES,
  KVM_MEM_READONLY,
  NR_MEMSLOTS,
} from './constants.ts';
import { GuestMemfd } from './guest-memfd.ts';
import type { KvmVm } from './kvm-vm.ts';
import { kvmRules } from './rules.ts';
import type { FaultResult, Slot } from './vm.ts';

/** The fields of struct kvm_userspace_memory_region2; the last two only count with KVM_MEM_GUEST_MEMFD. Units: bytes. */
export interface MemoryRegion2 {
  readonly slot: number;
  readonly flags?: number;
  readonly guest_phys_addr: WordIn;
  readonly memory_size: WordIn;
  readonly userspace_addr?: WordIn;
  readonly guest_memfd?: Result;
  readonly guest_memfd_offset?: WordIn;
}

/** Pages that one slot may have at most (KVM_MEM_MAX_NR_PAGES). */
const MOST_PAGES = 2n ** 31n - 1n;
const WRAP = 2n ** 64n;
/**
 * The last guest frame (kvm_mmu_max_gfn): guest addresses have 52 bits on the machine that was recorded, and are looked at
 * after everything else (live comparison on 6.18.44). With two-dimensional paging it is the processor's own width; the model
 * has one machine.
 */
const LAST_FRAME = 2 ** 40 - 1;

/** A slot as KVM keeps it (struct kvm_memory_slot). */
export class MemorySlot implements Slot {
  readonly vm: KvmVm;
  readonly id: number;
  first: number;
  readonly pages: number;
  flags: number;
  readonly userspace_addr: bigint;
  /** The file bound to the slot; undefined for an ordinary slot, and after the file was closed. */
  gmem: GuestMemfd | undefined;
  /** First page of the file. */
  filePage = 0;
  /** The guest's accesses always go to the file: the file can be mapped (KVM_MEMSLOT_GMEM_ONLY). */
  gmemOnly = false;

  constructor(vm: KvmVm, id: number, first: number, pages: number, flags: number, address: bigint) {
    this.vm = vm;
    this.id = id;
    this.first = first;
    this.pages = pages;
    this.flags = flags;
    this.userspace_addr = address;
  }

  get bound(): boolean {
    return (this.flags & KVM_MEM_GUEST_MEMFD) !== 0;
  }

  fault(gfn: number, write: boolean, isPrivate: boolean): FaultResult {
    return this.vm.faultIn(this, gfn, write, isPrivate);
  }

  release(): void {
    this.gmem?.bound.delete(this);
    this.gmem = undefined;
  }
}

const invalid = (why: string): Errno => new Errno('EINVAL', why);

/** Sets, changes or deletes a slot: 0, or the first failing check. `version` is that of the ioctl. */
export function setMemoryRegion(vm: KvmVm, process: Process, region: MemoryRegion2, version: 1 | 2): 0 | Errno {
  const flags = low32(region.flags ?? 0);
  const id = low32(region.slot);
  if (version === 1 && (flags & ~(KVM_MEM_LOG_DIRTY_PAGES | KVM_MEM_READONLY)) !== 0) {
    return invalid('The first version of the ioctl knows LOG_DIRTY_PAGES and READONLY only.');
  }
  if ((id & 0xffff) >= NR_MEMSLOTS) return invalid(`A VM has ${NR_MEMSLOTS} slots.`);
  const words = checkWords(vm, region, flags, id);
  if (words instanceof Errno) return words;
  const { gfn, pages, address } = words;
  const old = vm.memorySlot(id);
  if (pages === 0) {
    if (old === undefined) return invalid('There is no such slot to delete.');
    vm.dropSlot(id);
    return 0;
  }
  const moved = old === undefined ? undefined : checkChange(old, flags, pages, address);
  if (moved instanceof Errno) return moved;
  if (old !== undefined && old.first === gfn) {
    old.flags = flags;
    return 0;
  }
  const taken = vm.overlapping(gfn, gfn + pages, id);
  if (taken !== undefined) return new Errno('EEXIST', `Slot ${taken.id} already has part of these guest addresses.`);
  const slot = new MemorySlot(vm, id, gfn, pages, flags, address);
  const refused = slot.bound ? bind(vm, process, slot, region) : undefined;
  if (refused !== undefined) return refused;
  if (gfn + pages - 1 > LAST_FRAME) {
    slot.release();
    return invalid('The slot ends behind the largest guest address of the machine.');
  }
  vm.setSlot(slot);
  return 0;
}

interface Words {
  readonly gfn: number;
  readonly pages: number;
  readonly address: bigint;
}

/** Flags, alignment, ranges: everything that needs no look at slots or files. */
function checkWords(vm: KvmVm, region: MemoryRegion2, flags: number, id: number): Words | Errno {
  const gmem = (flags & KVM_MEM_GUEST_MEMFD) !== 0;
  const rules = kvmRules(vm.host.kernel);
  const allowed = rules.guest_memfd_slots === 'every VM type' || vm.hasPrivateMemory;
  const known = (allowed ? KVM_MEM_GUEST_MEMFD : 0) | (gmem ? 0 : KVM_MEM_LOG_DIRTY_PAGES | KVM_MEM_READONLY);
  if ((flags & ~known) !== 0) {
    return invalid(
      gmem && !allowed
        ? 'This VM type has no private memory, and this kernel binds guest_memfd to no other.'
        : 'The flag word has an unknown bit, or one that does not go with KVM_MEM_GUEST_MEMFD.',
    );
  }
  const size = unsigned(region.memory_size);
  const start = unsigned(region.guest_phys_addr);
  const address = unsigned(region.userspace_addr ?? 0);
  if (size % PAGE_N !== 0n || start % PAGE_N !== 0n) {
    return invalid('Guest address and size must be multiples of the page size.');
  }
  if (address % PAGE_N !== 0n) return invalid('userspace_addr must be a multiple of the page size.');
  if (address + size > BigInt(TASK_SIZE)) return invalid('userspace_addr leaves the user address space.');
  if (gmem) {
    const offset = unsigned(region.guest_memfd_offset ?? 0);
    if (offset % PAGE_N !== 0n || offset + size >= WRAP) {
      return invalid('guest_memfd_offset must be a multiple of the page size, and the range must not wrap around.');
    }
  }
  if (id >> 16 !== 0) return invalid('The VM has one address space.');
  if (start + size >= WRAP) return invalid('The guest range wraps around.');
  if (size / PAGE_N > MOST_PAGES) return invalid('A slot has at most 2^31 - 1 pages.');
  return { gfn: Number(start / PAGE_N), pages: Number(size / PAGE_N), address };
}

/** A slot that exists: what may change. */
function checkChange(old: MemorySlot, flags: number, pages: number, address: bigint): Errno | undefined {
  if ((flags & KVM_MEM_GUEST_MEMFD) !== 0) return invalid('A slot with a guest_memfd can only be deleted.');
  if (address !== old.userspace_addr || pages !== old.pages) {
    return invalid('Size and userspace_addr of a slot cannot change.');
  }
  if (((flags ^ old.flags) & (KVM_MEM_READONLY | KVM_MEM_GUEST_MEMFD)) !== 0) {
    return invalid('READONLY and GUEST_MEMFD of a slot cannot change.');
  }
  return undefined;
}

/** Binds a range of a guest_memfd to a slot (kvm_gmem_bind). */
function bind(vm: KvmVm, process: Process, slot: MemorySlot, region: MemoryRegion2): Errno | undefined {
  const file = process.file(region.guest_memfd ?? -1);
  if (file instanceof Errno) return file;
  const gmem = file.object;
  if (!(gmem instanceof GuestMemfd)) return invalid('The descriptor is not a guest_memfd.');
  if (gmem.vm !== vm) return invalid('The guest_memfd belongs to another VM.');
  const offset = signed(region.guest_memfd_offset ?? 0);
  const rules = kvmRules(vm.host.kernel);
  if (offset < 0n || endsBehind(offset, BigInt(slot.pages) * PAGE_N, gmem.inode.size, rules.end_of_binding)) {
    return invalid(`The range ends behind the file (${gmem.inode.size} bytes).`);
  }
  const first = Number(offset / PAGE_N);
  for (const other of gmem.bound) {
    if (other.filePage < first + slot.pages && first < other.filePage + other.pages) {
      return new Errno(rules.overlap_in_file, `Slot ${other.id} already has part of this range of the file.`);
    }
  }
  slot.gmem = gmem;
  slot.filePage = first;
  slot.gmemOnly = (gmem.flags & GUEST_MEMFD_FLAG_MMAP) !== 0;
  gmem.bound.add(slot);
  return undefined;
}

function endsBehind(offset: bigint, size: bigint, fileSize: bigint, how: 'signed' | 'unsigned' | 'not read'): boolean {
  const end = offset + size;
  const overflows = end >= 2n ** 63n;
  if (!overflows) return end > fileSize;
  if (how === 'not read') throw new NotRead('How this kernel compares such a range with the file was not read.');
  return how === 'unsigned';
}
