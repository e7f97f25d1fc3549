/**
 * Sean Christopherson's design of 2021-08-24 (20210824005248.200037-1-seanjc@google.com): private memory is a file and an
 * offset, never a user address. A sketch with only KVM's half in code, modelled from its text.
 *
 * A guest has two sets of memory slots, one shared (user addresses, as ever) and one private (files). Its access says which
 * variant it wants. Where the text names no errno the model says EPERM for a file that another guest has and EINVAL for
 * everything else; the ioctl that punches a hole in a private slot is said to be likely needed and has no name there.
 * Unmapping private memory destroys its content, as the text says of TDX and SNP. Left out: explicit conversions by hypercall,
 * several private slots of one guest that overlap, moving and swapping.
 */
import { Errno } from '../errno.ts';
import { gpaText, KvmExit } from '../kvm/exit.ts';
import { type FaultResult, Vm } from '../kvm/vm.ts';
import type { OpenFile } from '../linux/openfile.ts';
import type { Process } from '../linux/process.ts';
import type { Frame } from '../machine/memory.ts';
import { show } from '../show.ts';
import { PAGE } from '../units.ts';
import { fSealGuest } from './f-seal-guest/kernels.ts';

/** A kernel with files that can be sealed for a guest, one idea of the text for what such a file is. */
export const fdWithoutAddress = fSealGuest({}, 'file descriptors without an address, sketch of 2021-08-24');

const KEY = 'paired guest';

/** A private slot, in bytes. */
export interface PrivateSlot {
  readonly slot: number;
  readonly guest_phys_addr: number;
  /** 0 deletes the slot. */
  readonly memory_size: number;
  readonly fd: number | Errno;
  readonly offset?: number;
}

interface Mapped {
  readonly file: OpenFile;
  readonly first: number;
  readonly pages: number;
  readonly offset: number;
}

/** A VM with a second set of memory slots. */
export class TwoViewVm extends Vm {
  readonly #private = new Map<number, Mapped>();
  /** Guest pages taken out of their private slot by a hole. */
  readonly #holes = new Set<number>();

  /** KVM_SET_USER_MEMORY_REGION for a private slot: pairs the file with this guest. */
  kvm_set_private_memory_region(region: PrivateSlot): 0 | Errno {
    const { offset = 0 } = region;
    return this.step('kvm_set_private_memory_region', [`slot ${region.slot}, fd ${show(region.fd)}`], () => {
      const first = region.guest_phys_addr / PAGE;
      const pages = region.memory_size / PAGE;
      if (![first, pages, offset / PAGE].every((value) => Number.isInteger(value) && value >= 0)) {
        return new Errno('EINVAL', 'Addresses, offsets and sizes are multiples of the page size.');
      }
      this.#remove(region.slot);
      if (pages === 0) return 0;
      const file = this.process.file(region.fd);
      if (file instanceof Errno) return new Errno('EINVAL', 'There is no file behind this descriptor.');
      const paired = file.inode.state.get(KEY);
      if (paired !== undefined && paired !== this) {
        return new Errno('EPERM', `The file is paired with another guest: ${(paired as Vm).name}.`);
      }
      file.inode.state.set(KEY, this);
      file.refs++;
      this.#private.set(region.slot, { file, first, pages, offset: offset / PAGE });
      return 0;
    });
  }

  /** Takes guest pages out of the private view and leaves the rest of the slot alone. In bytes. */
  kvm_punch_private_memory(address: number, size: number): 0 | Errno {
    return this.step('kvm_punch_private_memory', [gpaText(address), String(size)], () => {
      for (let gfn = address / PAGE; gfn < (address + size) / PAGE; gfn++) {
        this.#unmap(gfn);
        this.#holes.add(gfn);
      }
      return 0;
    });
  }

  #remove(id: number): void {
    const slot = this.#private.get(id);
    if (slot === undefined) return;
    for (let gfn = slot.first; gfn < slot.first + slot.pages; gfn++) {
      this.#unmap(gfn);
      this.#holes.delete(gfn);
    }
    this.#private.delete(id);
    this.host.release(slot.file);
  }

  override kvm_put_kvm(): void {
    super.kvm_put_kvm();
    if (this.freed) for (const id of [...this.#private.keys()]) this.#remove(id);
  }

  /** The entry goes from the guest's page tables, and with it what the page held. */
  #unmap(gfn: number): void {
    const frame = this.stage2.get(gfn);
    frame?.clear();
    this.stage2.zap(gfn, gfn + 1);
  }

  #privateSlot(gfn: number): Mapped | undefined {
    if (this.#holes.has(gfn)) return undefined;
    return [...this.#private.values()].find(({ first, pages }) => gfn >= first && gfn < first + pages);
  }

  /** A guest page fault: the access names the variant, and only that set of slots is looked at. */
  #page(gpa: number, write: boolean, isPrivate: boolean): FaultResult {
    const gfn = Math.floor(gpa / PAGE);
    const slot = this.#privateSlot(gfn);
    if (isPrivate) return slot === undefined ? memoryError(gfn, 'private') : this.#privatePage(slot, gfn);
    const shared = [...this.slots.values()].find(({ first, pages }) => gfn >= first && gfn < first + pages);
    if (shared !== undefined) return shared.fault(gfn, write, false);
    if (slot !== undefined) return memoryError(gfn, 'shared');
    return new KvmExit('KVM_EXIT_MMIO', { phys_addr: gpaText(gpa) }, 'No slot of either kind has this guest address.');
  }

  #privatePage(slot: Mapped, gfn: number): Frame | Errno {
    const { inode } = slot.file;
    this.host.touch(inode);
    const page = inode.obtain(slot.offset + gfn - slot.first);
    if (page === undefined) return new Errno('EFAULT', 'The machine has no free memory.');
    this.stage2.map(gfn, page.frame);
    return page.frame;
  }

  override guest_load(gpa: number, how: { private?: boolean } = {}): number | KvmExit | Errno {
    return this.step('guest_load', [gpaText(gpa)], () => {
      const found = this.#page(gpa, false, how.private ?? true);
      return 'byte' in found ? found.byte(gpa % PAGE) : found;
    });
  }

  override guest_store(gpa: number, byte: number, how: { private?: boolean } = {}): 0 | KvmExit | Errno {
    return this.step('guest_store', [gpaText(gpa), show(byte)], () => {
      const found = this.#page(gpa, true, how.private ?? true);
      if (!('byte' in found)) return found;
      found.write(gpa % PAGE, Uint8Array.of(byte));
      return 0;
    });
  }

  /** KVM reads guest memory for itself, to emulate an instruction: it looks at shared slots only. */
  kvm_read_guest(gpa: number): number | Errno {
    return this.host.step('kvm', 'kvm_read_guest', [gpaText(gpa)], () => {
      const gfn = Math.floor(gpa / PAGE);
      const shared = [...this.slots.values()].find(({ first, pages }) => gfn >= first && gfn < first + pages);
      const found = shared?.fault(gfn, false, false);
      if (found !== undefined && 'byte' in found) return found.byte(gpa % PAGE);
      return new Errno('EFAULT', 'No shared slot has this guest address.');
    });
  }
}

const memoryError = (gfn: number, wanted: 'private' | 'shared'): KvmExit =>
  new KvmExit(
    'KVM_EXIT_MEMORY_ERROR',
    { wants: wanted, gpa: gpaText(gfn * PAGE) },
    'User space has to convert the page.',
  );

/** ioctl KVM_CREATE_VM in this design. */
export const kvm_create_vm = (process: Process, name: string): TwoViewVm =>
  process.host.step(process.name, 'kvm_create_vm', [name], () => new TwoViewVm(process, name));

export { F_SEAL_GUEST } from './f-seal-guest/seal.ts';
