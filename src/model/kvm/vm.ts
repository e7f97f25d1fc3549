/**
 * A virtual machine as KVM keeps it (struct kvm): memory slots, a second-stage table, a reference count.
 *
 * Only what the argument about guest memory needs: no vCPUs (the guest's loads and stores are calls of the VM), no
 * interrupts, no dirty ring. The memory slot here is the ordinary one of KVM_SET_USER_MEMORY_REGION, backed by a user
 * address: each guest access goes through the VMM's mapping, as if MMU notifiers kept the second-stage table equal to it
 * at every moment. Proposals add slots of their own.
 */
import { Errno, Signal } from '../errno.ts';
import { access } from '../linux/fault.ts';
import { lookable } from '../linux/gup.ts';
import type { Host } from '../linux/host.ts';
import type { Process } from '../linux/process.ts';
import type { Frame } from '../machine/memory.ts';
import { show } from '../show.ts';
import { PAGE } from '../units.ts';
import { KVM_MEM_LOG_DIRTY_PAGES } from './constants.ts';
import { gpaText, KvmExit } from './exit.ts';
import { SecondStage } from './second-stage.ts';
import { slabAllocate, slabFree } from './slab.ts';

/** What a guest access comes to: the page, or why there is none. */
export type FaultResult = Frame | KvmExit | Errno;

/** One memory slot. Guest frame numbers; `pages` is its length. */
export interface Slot {
  readonly id: number;
  readonly first: number;
  readonly pages: number;
  readonly flags: number;
  /** The page behind a guest frame number; `write` for a store. */
  fault(gfn: number, write: boolean, isPrivate: boolean): FaultResult;
  /** The slot is deleted or its VM is destroyed. */
  release?(): void;
}

/** The fields of struct kvm_userspace_memory_region, in bytes. */
export interface MemoryRegion {
  readonly slot: number;
  readonly flags?: number;
  readonly guest_phys_addr: number;
  readonly memory_size: number;
  readonly userspace_addr: number | Errno;
}

/** Why guest frames leave the guest's tables: which of them go depends on it where a VM has more than one table. */
export type UnmapCause = 'slot' | 'guest_memfd' | 'mmu notifier' | 'attribute to private' | 'attribute to shared';

/** The VMs that exist on a host (vm_list), oldest first. */
const lists = new WeakMap<Host, Vm[]>();

export function vm_list(host: Host): Vm[] {
  let list = lists.get(host);
  if (list === undefined) {
    list = [];
    lists.set(host, list);
  }
  return list;
}

export class Vm {
  readonly host: Host;
  /** The process that made the VM; its address space is the one that slots refer to. */
  readonly process: Process;
  readonly name: string;
  /** Kernel address of the struct kvm: what the kernel compares when it compares owners. */
  readonly address: number;
  /** References (kvm->users_count). The VM is destroyed at 0. */
  users = 1;
  readonly stage2 = new SecondStage();
  protected readonly slots = new Map<number, Slot>();

  constructor(process: Process, name: string) {
    this.host = process.host;
    this.process = process;
    this.name = name;
    this.address = slabAllocate(this.host);
    vm_list(this.host).push(this);
  }

  /** True once the structure was given back to the slab. */
  get freed(): boolean {
    return this.users === 0;
  }

  /**
   * ioctl KVM_SET_USER_MEMORY_REGION: a slot of ordinary memory; size 0 deletes. Errors: EINVAL for anything that is not
   * page-aligned, EEXIST for guest addresses that another slot has.
   */
  kvm_set_user_memory_region(region: MemoryRegion): 0 | Errno {
    const { userspace_addr: address } = region;
    return this.step('kvm_set_user_memory_region', [regionText(region)], () => {
      if (address instanceof Errno) return new Errno('EINVAL', 'The address is the result of a refused call.');
      return this.install(region, [address], (first, pages) => ({
        id: region.slot,
        first,
        pages,
        flags: region.flags ?? 0,
        fault: (gfn, write) => this.byAddress(address + (gfn - first) * PAGE, write),
      }));
    });
  }

  /** What KVM gets for a user address: get_user_pages, which secret memory refuses (EFAULT). */
  protected byAddress(address: number, write: boolean): FaultResult {
    if (!lookable(this.process.space.at(address))) {
      return new Errno(
        'EFAULT',
        'get_user_pages finds no page there that KVM may use (unmapped, unreadable or secret).',
      );
    }
    const place = access(this.process, address, write);
    return place instanceof Signal ? new Errno('EFAULT', place.why) : place.frame;
  }

  /** The checks that every kind of slot shares, and the exchange of the slot. */
  protected install(
    region: { slot: number; guest_phys_addr: number; memory_size: number },
    aligned: readonly number[],
    make: (first: number, pages: number) => Slot,
  ): 0 | Errno {
    const { guest_phys_addr: start, memory_size: size } = region;
    if ([start, size, ...aligned].some((value) => value < 0 || value % PAGE !== 0)) {
      return new Errno('EINVAL', 'Addresses, offsets and sizes of a slot are multiples of the page size.');
    }
    const first = start / PAGE;
    const end = first + size / PAGE;
    for (const other of this.slots.values()) {
      if (other.id === region.slot || size === 0) continue;
      if (other.first < end && first < other.first + other.pages) {
        return new Errno('EEXIST', `Slot ${other.id} already has part of these guest addresses.`);
      }
    }
    this.remove(region.slot);
    if (size > 0) this.slots.set(region.slot, make(first, end - first));
    return 0;
  }

  /** Takes guest frames `[first, end)` out of the guest's tables; `cause` is the event that wants it. */
  unmap(first: number, end: number, _cause: UnmapCause): void {
    this.stage2.zap(first, end);
  }

  protected remove(id: number): void {
    const slot = this.slots.get(id);
    if (slot === undefined) return;
    this.unmap(slot.first, slot.first + slot.pages, 'slot');
    slot.release?.();
    this.slots.delete(id);
  }

  /** The guest loads one byte. `gpa` in bytes; `private` says which memory the guest means, where it can say so. */
  guest_load(gpa: number, how: { private?: boolean } = {}): number | KvmExit | Errno {
    return this.step('guest_load', [gpaText(gpa)], () => {
      const found = this.page(gpa, false, how.private);
      return 'byte' in found ? found.byte(gpa % PAGE) : found;
    });
  }

  /** The guest stores one byte. */
  guest_store(gpa: number, byte: number, how: { private?: boolean } = {}): 0 | KvmExit | Errno {
    return this.step('guest_store', [gpaText(gpa), show(byte)], () => {
      const found = this.page(gpa, true, how.private);
      if (!('byte' in found)) return found;
      found.write(gpa % PAGE, Uint8Array.of(byte));
      const gfn = Math.floor(gpa / PAGE);
      if (((this.slotOf(gfn)?.flags ?? 0) & KVM_MEM_LOG_DIRTY_PAGES) !== 0) this.stage2.markDirty(gfn);
      return 0;
    });
  }

  protected slotOf(gfn: number): Slot | undefined {
    for (const slot of this.slots.values()) if (gfn >= slot.first && gfn < slot.first + slot.pages) return slot;
    return undefined;
  }

  /** The page behind a guest address; an access that says nothing is one to private memory. */
  protected page(gpa: number, write: boolean, isPrivate = true): FaultResult {
    const gfn = Math.floor(gpa / PAGE);
    const slot = this.slotOf(gfn);
    if (slot !== undefined) return slot.fault(gfn, write, isPrivate);
    return new KvmExit('KVM_EXIT_MMIO', { phys_addr: gpaText(gpa) }, 'No slot has this guest address.');
  }

  /** ioctl KVM_GET_DIRTY_LOG: pages of the slot, counted from its start, that the guest wrote since the last call. */
  kvm_get_dirty_log(id: number): number[] | Errno {
    return this.step('kvm_get_dirty_log', [String(id)], () => {
      const slot = this.slots.get(id);
      if (slot === undefined || (slot.flags & KVM_MEM_LOG_DIRTY_PAGES) === 0) {
        return new Errno('ENOENT', 'The slot does not exist or does not log dirty pages.');
      }
      return this.stage2.takeDirty(slot.first, slot.first + slot.pages).map((gfn) => gfn - slot.first);
    });
  }

  /** Closes the VM's descriptor: drops the reference that came with it. */
  close(): void {
    this.step('close', [this.name], () => this.kvm_put_kvm());
  }

  /** Takes a reference unless the VM is already being destroyed (kvm_get_kvm_safe). */
  kvm_get_kvm_safe(): boolean {
    if (this.users === 0) return false;
    this.users++;
    return true;
  }

  /** Drops a reference; the last one destroys the VM: off vm_list, slots released, structure freed. */
  kvm_put_kvm(): void {
    if (this.users === 0) return;
    this.users--;
    if (this.users > 0) return;
    const list = vm_list(this.host);
    list.splice(list.indexOf(this), 1);
    for (const id of [...this.slots.keys()]) this.remove(id);
    slabFree(this.host, this.address);
    this.host.note(`struct kvm of ${this.name} freed`);
  }

  protected step<T>(op: string, args: readonly string[], body: () => T): T {
    const actor = op.startsWith('guest') ? this.name : this.process.name;
    return this.host.step(actor, op, args, body);
  }

  show(): string {
    return `vm ${this.name}`;
  }
}

const regionText = (region: MemoryRegion): string =>
  `slot ${region.slot}: guest ${gpaText(region.guest_phys_addr)}, ${region.memory_size} bytes at ${show(region.userspace_addr)}`;

/** ioctl KVM_CREATE_VM: a VM of this process. */
export function kvm_create_vm(process: Process, name: string): Vm {
  return process.host.step(process.name, 'kvm_create_vm', [name], () => new Vm(process, name));
}
