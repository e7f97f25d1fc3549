/**
 * KVM's half: memory slots with a private file beside the ordinary user address.
 * v6: a guest page is private exactly if the private file has it (patches 0202 and 0204 of that series). v10: what user space
 * declared with KVM_SET_MEMORY_ATTRIBUTES; the page is allocated when the guest first touches it (restrictedmem_get_page).
 * Left out: attributes other than PRIVATE, alignment checks of the attribute ioctl, sequence counts.
 */
import { Errno } from '../../errno.ts';
import { gpaText, KvmExit } from '../../kvm/exit.ts';
import { type FaultResult, type Slot, Vm } from '../../kvm/vm.ts';
import type { Inode } from '../../linux/inode.ts';
import type { OpenFile } from '../../linux/openfile.ts';
import type { Process } from '../../linux/process.ts';
import { show } from '../../show.ts';
import { PAGE } from '../../units.ts';
import { versionOf } from './file.ts';
import {
  MEMFILE_F_UNMOVABLE,
  MEMFILE_F_UNRECLAIMABLE,
  MEMFILE_F_USER_INACCESSIBLE,
  memfile_register_notifier,
  memfile_unregister_notifier,
} from './notifier.ts';

/** KVM_MEMORY_ATTRIBUTE_PRIVATE of v10; bit 3 since then. */
export const KVM_MEMORY_ATTRIBUTE_PRIVATE = 8;

const KVM_FLAGS = MEMFILE_F_USER_INACCESSIBLE | MEMFILE_F_UNMOVABLE | MEMFILE_F_UNRECLAIMABLE;

/** A slot with both halves, in bytes. v10 calls the file fields restricted_fd and restricted_offset. */
export interface PrivateRegion {
  readonly slot: number;
  readonly guest_phys_addr: number;
  readonly memory_size: number;
  /** Where shared pages live; without it the slot has only its private half. */
  readonly userspace_addr?: number | Errno;
  readonly private_fd: number | Errno;
  readonly private_offset?: number;
}

export class MemfileVm extends Vm {
  readonly #private = new Set<number>();

  /** KVM_SET_USER_MEMORY_REGION with KVM_MEM_PRIVATE. Errors: EINVAL, EEXIST, and what registering answers. */
  kvm_set_user_memory_region_ext(region: PrivateRegion): 0 | Errno {
    const { private_offset: offset = 0, userspace_addr: address } = region;
    return this.step(
      'kvm_set_user_memory_region',
      [`slot ${region.slot}, private_fd ${show(region.private_fd)}`],
      () => {
        const file = this.process.file(region.private_fd);
        if (file instanceof Errno) return new Errno('EINVAL', 'There is no file behind this descriptor.');
        const first = region.guest_phys_addr / PAGE;
        const shift = first - offset / PAGE;
        const user = {
          name: `${this.name} slot ${region.slot}`,
          invalidate: (start: number, end: number) => {
            this.stage2.zap(start + shift, end + shift);
          },
        };
        const registered = memfile_register_notifier(file, KVM_FLAGS, user);
        if (registered instanceof Errno) return registered;
        const installed = this.install(region, [offset], (_first, pages): Slot => {
          file.refs++;
          return {
            id: region.slot,
            first,
            pages,
            flags: 0,
            fault: (gfn, write, isPrivate) => this.#fault({ file, shift, first, address }, gfn, write, isPrivate),
            release: () => {
              memfile_unregister_notifier(file, user);
              this.host.release(file);
            },
          };
        });
        if (installed instanceof Errno) memfile_unregister_notifier(file, user);
        return installed;
      },
    );
  }

  /** KVM_SET_MEMORY_ATTRIBUTES of v10: `attributes` is PRIVATE or 0. Addresses and sizes in bytes, page-aligned. */
  kvm_set_memory_attributes(address: number, size: number, attributes: number): 0 | Errno {
    return this.step('kvm_set_memory_attributes', [gpaText(address), String(size), String(attributes)], () => {
      if (versionOf(this.host.kernel).rules.private_is !== 'declared') {
        return new Errno('ENOTTY', 'This version of KVM has no such ioctl.');
      }
      const first = address / PAGE;
      const end = first + size / PAGE;
      for (let gfn = first; gfn < end; gfn++) {
        if ((attributes & KVM_MEMORY_ATTRIBUTE_PRIVATE) !== 0) this.#private.add(gfn);
        else this.#private.delete(gfn);
      }
      this.stage2.zap(first, end);
      return 0;
    });
  }

  #fault(
    slot: { file: OpenFile; shift: number; first: number; address: number | Errno | undefined },
    gfn: number,
    write: boolean,
    isPrivate: boolean,
  ): FaultResult {
    const { inode } = slot.file;
    this.host.touch(inode);
    const index = gfn - slot.shift;
    const declared = versionOf(this.host.kernel).rules.private_is === 'declared';
    const kept = declared ? this.#private.has(gfn) : inode.page(index) !== undefined;
    if (kept !== isPrivate) return memoryFault(gfn, isPrivate);
    if (isPrivate) return this.#privatePage(inode, gfn, index, declared);
    if (slot.address === undefined) return new Errno('EFAULT', 'The slot has no user address for shared memory.');
    if (slot.address instanceof Errno) return new Errno('EFAULT', 'The user address is the result of a refused call.');
    return this.byAddress(slot.address + (gfn - slot.first) * PAGE, write);
  }

  #privatePage(inode: Inode, gfn: number, index: number, allocate: boolean): FaultResult {
    const page = allocate ? inode.obtain(index) : inode.page(index);
    if (page === undefined) return new Errno('EFAULT', 'The private file has no page there.');
    this.stage2.map(gfn, page.frame);
    return page.frame;
  }
}

/** KVM_EXIT_MEMORY_FAULT as in v3 to v10: bit 0 of the flags says that the access was private. */
const memoryFault = (gfn: number, isPrivate: boolean): KvmExit =>
  new KvmExit(
    'KVM_EXIT_MEMORY_FAULT',
    { flags: isPrivate ? 'PRIVATE' : '0', gpa: gpaText(gfn * PAGE), size: String(PAGE) },
    isPrivate ? 'KVM holds the page for shared.' : 'KVM holds the page for private.',
  );

/** ioctl KVM_CREATE_VM on a kernel of the series. Throws where KVM's half of a version was not read. */
export function kvm_create_vm(process: Process, name: string): MemfileVm {
  const { version, rules } = versionOf(process.host.kernel);
  if (rules.private_is === 'not read') throw new TypeError(`KVM's half of ${version} was not read`);
  return process.host.step(process.name, 'kvm_create_vm', [name], () => new MemfileVm(process, name));
}
