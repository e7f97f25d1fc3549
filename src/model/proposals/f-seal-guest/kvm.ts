/**
 * KVM's half of RFC v2: memory slots by file descriptor. Patches 05 (20211119134739.20218-6-chao.p.peng@linux.intel.com),
 * 07 (20211119134739.20218-8-chao.p.peng@linux.intel.com) and 13 (20211119134739.20218-14-chao.p.peng@linux.intel.com).
 *
 * A slot has two files: `fd` for what guest and host share, `private_fd` for what only the guest may see. A guest page is
 * private exactly if the private file has it. Three slips of the posted text are not modelled, the evident intent is: the
 * test for "the private file has no such page" compares an unsigned number with zero, the private page found is not handed
 * on, and the callbacks shift page numbers down a second time.
 */
import { Errno } from '../../errno.ts';
import { gpaText, KvmExit } from '../../kvm/exit.ts';
import { type FaultResult, type Slot, Vm, vm_list } from '../../kvm/vm.ts';
import type { Host } from '../../linux/host.ts';
import type { Inode } from '../../linux/inode.ts';
import type { OpenFile } from '../../linux/openfile.ts';
import type { Process } from '../../linux/process.ts';
import type { Frame } from '../../machine/memory.ts';
import { show } from '../../show.ts';
import { PAGE } from '../../units.ts';
import { type GuestMemOps, type GuestOps, memfd_register_guest, type Registrant, unregister } from './owner.ts';
import { variantOf } from './seal.ts';
import { stateOf } from './state.ts';

/** The fields of struct kvm_userspace_memory_region_ext, in bytes. */
export interface FileRegion {
  readonly slot: number;
  readonly flags?: number;
  readonly guest_phys_addr: number;
  readonly memory_size: number;
  /** Offset into both files: as posted, the field of the user address carries it. */
  readonly userspace_addr?: number;
  /** The file of what guest and host share. */
  readonly fd?: number | Errno;
  /** The file of what only the guest may see. */
  readonly private_fd: number | Errno;
}

interface FileSlot extends Slot {
  readonly files: readonly OpenFile[];
  readonly privateInode: Inode;
  readonly ops: GuestMemOps;
  /** Page of the files at the slot's first page. */
  readonly offset: number;
}

/** A VM whose memory comes from files. */
export class GuestVm extends Vm {
  /** How a confidential VM asks to be the only user of its file, where the variant knows such a flag. */
  readonly exclusive: boolean;

  constructor(process: Process, name: string, exclusive: boolean) {
    super(process, name);
    this.exclusive = exclusive;
  }

  /**
   * ioctl KVM_SET_USER_MEMORY_REGION with the extended structure: registers the VM as owner of both files. Errors: EINVAL
   * (alignment, no such file), EEXIST (guest addresses taken), and what memfd_register_guest answers.
   */
  kvm_set_user_memory_region_ext(region: FileRegion): 0 | Errno {
    const { userspace_addr: offset = 0 } = region;
    return this.step('kvm_set_user_memory_region', [regionText(region)], () => {
      const registered = this.#register(region);
      if (registered instanceof Errno) return registered;
      const { ops, shared, own } = registered;
      return this.install(region, [offset], (first, pages) => {
        const files = shared === undefined ? [own] : [shared, own];
        for (const file of files) file.refs++;
        const slot: FileSlot = {
          id: region.slot,
          first,
          pages,
          flags: region.flags ?? 0,
          files,
          privateInode: own.inode,
          ops,
          offset: offset / PAGE,
          fault: (gfn, _write, isPrivate) => this.#fault(slot, ops, shared, gfn, isPrivate),
          release: () => this.#letGo(files),
        };
        return slot;
      });
    });
  }

  #register(region: FileRegion): { ops: GuestMemOps; shared?: OpenFile; own: OpenFile } | Errno {
    const shared = region.fd === undefined ? undefined : this.process.file(region.fd);
    if (shared !== undefined) {
      const answer = memfd_register_guest(this.host, shared, this, guestOps(this.host), this.exclusive);
      if (answer instanceof Errno) return answer;
    }
    const own = this.process.file(region.private_fd);
    const ops = memfd_register_guest(this.host, own, this, guestOps(this.host), this.exclusive);
    if (ops instanceof Errno) return ops;
    if (shared instanceof Errno || own instanceof Errno)
      return new Errno('EINVAL', 'There is no file behind this descriptor.');
    return { ops, own, ...(shared === undefined ? {} : { shared }) };
  }

  /** The files of a slot go. As posted nothing is unregistered; the variant with a reference does it when the VM ends. */
  #letGo(files: readonly OpenFile[]): void {
    const forget = this.freed && variantOf(this.host.kernel).callback === 'takes a reference';
    for (const file of files) {
      if (forget) unregister(file.inode, this.address);
      this.host.release(file);
    }
  }

  /** kvm_faultin_pfn_memfd() of patch 07, in the evident intent. */
  #fault(slot: FileSlot, ops: GuestMemOps, shared: OpenFile | undefined, gfn: number, isPrivate: boolean): FaultResult {
    this.host.touch(slot.privateInode);
    const mapped = isPrivate ? this.stage2.get(gfn) : undefined;
    if (mapped !== undefined) return mapped;
    const index = slot.offset + gfn - slot.first;
    const exists = this.#frame(slot.privateInode, ops, index, false);
    if (isPrivate) {
      if (exists instanceof Errno)
        return memoryError('KVM_EXIT_MEM_MAP_PRIVATE', gfn, 'The private file has no page there yet.');
      this.stage2.map(gfn, exists);
      return exists;
    }
    if (!(exists instanceof Errno)) {
      return memoryError(
        'KVM_EXIT_MEM_MAP_SHARED',
        gfn,
        'The private file has this page: user space has to punch it out first.',
      );
    }
    if (shared === undefined) return new Errno('EFAULT', 'The slot has no file for shared memory.');
    return this.#frame(shared.inode, ops, index, true);
  }

  #frame(inode: Inode, ops: GuestMemOps, index: number, alloc: boolean): Frame | Errno {
    const pfn = ops.get_lock_pfn(inode, index, alloc);
    if (pfn instanceof Errno) return pfn;
    ops.put_unlock_pfn(inode, index);
    return this.host.memory.frame(pfn) ?? new Errno('EFAULT', 'The page frame does not exist.');
  }

  /**
   * KVM itself writes a byte of guest memory, as it does for its clock: takes the page, maps it for the moment, writes, puts
   * it back. Paolo Bonzini names this as the work that remains (6de78894-8269-ea3a-b4ee-a5cc4dad827e@redhat.com).
   */
  kvm_write_guest(gpa: number, byte: number): 0 | Errno {
    return this.host.step('kvm', 'kvm_write_guest', [gpaText(gpa), show(byte)], () => {
      const gfn = Math.floor(gpa / PAGE);
      for (const slot of this.fileSlots()) {
        if (gfn < slot.first || gfn >= slot.first + slot.pages) continue;
        const index = slot.offset + gfn - slot.first;
        const page = this.#frame(slot.privateInode, slot.ops, index, false);
        if (page instanceof Errno) return new Errno('EFAULT', page.why);
        page.write(gpa % PAGE, Uint8Array.of(byte));
        return 0 as const;
      }
      return new Errno('EFAULT', 'No slot has this guest address.');
    });
  }

  /**
   * The guest admits another user to its memory. A sketch of Sean Christopherson's words that the guest has to grant access
   * (YZgjc5x6FeBxOqbD@google.com); how a real guest says so, and what a realm manager adds, is left out.
   */
  guest_admits(user: Registrant): 0 {
    return this.step('guest_admits', [user.name], () => {
      for (const { privateInode } of this.fileSlots()) stateOf(privateInode).admitted.add(user.address);
      return 0 as const;
    });
  }

  fileSlots(): FileSlot[] {
    return [...this.slots.values()].filter((slot): slot is FileSlot => 'privateInode' in slot);
  }

  /** kvm_memfd_invalidate_range(): the second-stage entries of a file's pages go. `end` is the last page. */
  invalidateRange(inode: Inode, start: number, end: number): void {
    for (const slot of this.fileSlots()) {
      if (slot.privateInode !== inode) continue;
      const first = slot.first + start - slot.offset;
      this.stage2.zap(Math.max(first, slot.first), Math.min(first + end - start + 1, slot.first + slot.pages));
    }
  }

  /** kvm_memfd_fallocate_range(): KVM maps what was allocated. `end` lies behind the last page. */
  fallocateRange(inode: Inode, start: number, end: number): void {
    for (const slot of this.fileSlots()) {
      if (slot.privateInode !== inode) continue;
      for (let page = start; page < end; page++) {
        const gfn = slot.first + page - slot.offset;
        const frame = inode.page(page)?.frame;
        if (frame !== undefined && gfn >= slot.first && gfn < slot.first + slot.pages) this.stage2.map(gfn, frame);
      }
    }
  }
}

const memoryError = (type: string, gfn: number, why: string): KvmExit =>
  new KvmExit('KVM_EXIT_MEMORY_ERROR', { type, gpa: gpaText(gfn * PAGE), size: String(PAGE) }, why);

const regionText = (region: FileRegion): string =>
  `slot ${region.slot}: guest ${gpaText(region.guest_phys_addr)}, ${region.memory_size} bytes, private_fd ${show(region.private_fd)}`;

/** The VM at an address, as vm_is_dead() of patch 13 looks for it: on vm_list, by address alone. */
export const aliveAt = (host: Host, owner: number): GuestVm | undefined =>
  vm_list(host).find((vm): vm is GuestVm => vm.address === owner && vm instanceof GuestVm);

/** Runs a callback for the owner at an address, if the variant's way to find out says that it still exists. */
export function withOwner(host: Host, owner: number, body: (vm: GuestVm) => void): void {
  const vm = aliveAt(host, owner);
  if (vm === undefined) {
    host.note('the owner is gone: the callback gives up');
    return;
  }
  const counted = variantOf(host.kernel).callback === 'takes a reference';
  if (counted && !vm.kvm_get_kvm_safe()) {
    host.note('no reference to take: the callback gives up');
    return;
  }
  body(vm);
  if (counted) vm.kvm_put_kvm();
}

function guestOps(host: Host): GuestOps {
  return {
    invalidate_page_range: (inode, owner, start, end) =>
      withOwner(host, owner, (vm) => vm.invalidateRange(inode, start, end)),
    fallocate: (inode, owner, start, end) => withOwner(host, owner, (vm) => vm.fallocateRange(inode, start, end)),
  };
}

/** ioctl KVM_CREATE_VM on a kernel of the proposal. `exclusive`: a confidential VM, where the variant knows the flag. */
export function kvm_create_vm(process: Process, name: string, how: { exclusive?: boolean } = {}): GuestVm {
  return process.host.step(
    process.name,
    'kvm_create_vm',
    [name],
    () => new GuestVm(process, name, how.exclusive ?? false),
  );
}
