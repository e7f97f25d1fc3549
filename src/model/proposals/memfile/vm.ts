/**
 * KVM's half: memory slots with a private file beside the ordinary user address.
 * v3: one VM for a file (EPERM for a second), private is what the file has, and the exit is called KVM_EXIT_MEMORY_ERROR
 * (20211221151125.19446-4, -6, -14 and -16-chao.p.peng@linux.intel.com). v6: a guest page is private exactly if the private
 * file has it (patches 0202 and 0204 of that series). v8: a page is private unless KVM_MEMORY_ENCRYPT_UNREG_REGION made it
 * shared, and the touch allocates (20220915142913.2213336-9-chao.p.peng@linux.intel.com and patches 5 and 7). v10: what user
 * space declared with KVM_SET_MEMORY_ATTRIBUTES; the page is allocated when the guest first touches it
 * (restrictedmem_get_page).
 * Left out: attributes other than PRIVATE, alignment checks of the attribute ioctl, sequence counts; that in v3 and v8 a VM
 * has private slots only where the processor's part of KVM says so (none did: here it does); that v3 shifts the pages of a
 * hole by a page shift once more than its file does, by our reading, so that a hole may leave the guest's entries (here it
 * takes them out, as the message says).
 */
import { Errno, Oops } from '../../errno.ts';
import { gpaText, KvmExit } from '../../kvm/exit.ts';
import { type FaultResult, type Slot, Vm } from '../../kvm/vm.ts';
import type { FileUser, Inode } from '../../linux/inode.ts';
import { NotRead } from '../../linux/notread.ts';
import type { OpenFile } from '../../linux/openfile.ts';
import type { Process } from '../../linux/process.ts';
import { show } from '../../show.ts';
import { PAGE } from '../../units.ts';
import { isClosed, versionOf } from './file.ts';
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
  /** KVM_MEM_LOG_DIRTY_PAGES; KVM_MEM_PRIVATE is understood. */
  readonly flags?: number;
  readonly guest_phys_addr: number;
  readonly memory_size: number;
  /** Where shared pages live; without it the slot has only its private half. */
  readonly userspace_addr?: number | Errno;
  readonly private_fd: number | Errno;
  readonly private_offset?: number;
}

/** The VM that v3 paired with a file. */
const OWNER = 'memfile owner';

export class MemfileVm extends Vm {
  /** Pages whose kind was declared: as private (v10), or as shared (v8, where private is the rule). */
  readonly #declared = new Set<number>();
  /** A page of its memory broke (v10). */
  #dead = false;

  /**
   * KVM_SET_USER_MEMORY_REGION with KVM_MEM_PRIVATE. Errors: EINVAL, EEXIST, and what registering answers: EPERM (v3, another
   * VM has the file), EOPNOTSUPP (v6, a file of another kind), an oops (v8, a file of another kind).
   */
  kvm_set_user_memory_region_ext(region: PrivateRegion): 0 | Errno | Oops {
    const { private_offset: offset = 0, userspace_addr: address } = region;
    const { rules } = versionOf(this.host.kernel);
    return this.step(
      'kvm_set_user_memory_region',
      [`slot ${region.slot}, private_fd ${show(region.private_fd)}`],
      (): 0 | Errno | Oops => {
        if (rules.slot_again === 'EINVAL' && region.memory_size > 0 && this.slots.has(region.slot)) {
          return new Errno('EINVAL', 'A slot with a private file can only be deleted.');
        }
        if ((region.flags ?? 0) !== 0 && rules.dirty_log === 'not read') {
          throw new NotRead('Whether a slot with a private file may log dirty pages was not read.');
        }
        const file = this.process.file(region.private_fd);
        if (file instanceof Errno) return new Errno('EINVAL', 'There is no file behind this descriptor.');
        const first = region.guest_phys_addr / PAGE;
        const shift = first - offset / PAGE;
        const user = {
          name: `${this.name} slot ${region.slot}`,
          invalidate: (start: number, end: number) => {
            this.stage2.zap(start + shift, end + shift);
          },
          error: () => {
            if (rules.broken === 'not read') throw new NotRead('What a broken page does was not read.');
            this.#dead = true;
          },
        };
        const registered = this.#register(file, user);
        if (registered !== 0) return registered;
        const installed = this.install(region, [offset], (_first, pages): Slot => {
          file.refs++;
          return {
            id: region.slot,
            first,
            pages,
            flags: region.flags ?? 0,
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

  /** The slot becomes a user of the file, and whatever the version looks at in the file. */
  #register(file: OpenFile, user: FileUser): 0 | Errno | Oops {
    const { version, rules } = versionOf(this.host.kernel);
    const { inode } = file;
    if (rules.other_file === 'not looked at') {
      if (!isClosed(inode)) {
        return new Oops(
          'KVM takes the file for one of the shim and follows a list of notifiers that it does not have.',
        );
      }
      inode.users.add(user);
      return 0;
    }
    if (rules.other_file === 'not read' && !isClosed(inode)) {
      throw new NotRead(`${version}: what KVM answers for a file of another kind was not read.`);
    }
    if (rules.vms === 'any') return memfile_register_notifier(file, KVM_FLAGS, user);
    if (inode.kind !== 'memfd' && inode.kind !== 'tmpfs') return new Errno('EINVAL', 'The file is not one of shmem.');
    const owner = inode.state.get(OWNER) as MemfileVm | undefined;
    if (owner?.freed) throw new NotRead(`${version}: whether the end of a VM ends the pairing was not read.`);
    if (owner !== undefined && owner !== this) return new Errno('EPERM', `The file is paired with ${owner.name}.`);
    inode.state.set(OWNER, this);
    inode.users.add(user);
    return 0;
  }

  /** KVM_SET_MEMORY_ATTRIBUTES of v10: `attributes` is PRIVATE or 0. Addresses and sizes in bytes, page-aligned. */
  kvm_set_memory_attributes(address: number, size: number, attributes: number): 0 | Errno {
    const isPrivate = (attributes & KVM_MEMORY_ATTRIBUTE_PRIVATE) !== 0;
    return this.step('kvm_set_memory_attributes', [gpaText(address), String(size), String(attributes)], () =>
      this.#declare('declared private', address, size, isPrivate),
    );
  }

  /** KVM_MEMORY_ENCRYPT_REG_REGION of v8: the range is private. Bytes. Errors: ENOTTY, EINVAL (empty, unaligned). */
  kvm_memory_encrypt_reg_region(address: number, size: number): 0 | Errno {
    return this.step('kvm_memory_encrypt_reg_region', [gpaText(address), String(size)], () =>
      this.#declare('not declared shared', address, size, false),
    );
  }

  /** KVM_MEMORY_ENCRYPT_UNREG_REGION of v8: the range is shared. Bytes. Errors as above. */
  kvm_memory_encrypt_unreg_region(address: number, size: number): 0 | Errno {
    return this.step('kvm_memory_encrypt_unreg_region', [gpaText(address), String(size)], () =>
      this.#declare('not declared shared', address, size, true),
    );
  }

  /** Enters or removes guest pages; both ways the guest's entries go. */
  #declare(
    where: 'declared private' | 'not declared shared',
    address: number,
    size: number,
    enter: boolean,
  ): 0 | Errno {
    if (versionOf(this.host.kernel).rules.private_is !== where) {
      return new Errno('ENOTTY', 'This version of KVM has no such ioctl.');
    }
    if (size <= 0 || size % PAGE !== 0 || address % PAGE !== 0) {
      return new Errno('EINVAL', 'The range is empty or does not consist of whole pages.');
    }
    const first = address / PAGE;
    const end = first + size / PAGE;
    for (let gfn = first; gfn < end; gfn++) {
      if (enter) this.#declared.add(gfn);
      else this.#declared.delete(gfn);
    }
    this.stage2.zap(first, end);
    return 0;
  }

  #isPrivate(inode: Inode, gfn: number, index: number): boolean {
    const { private_is } = versionOf(this.host.kernel).rules;
    if (private_is === 'populated') return inode.page(index) !== undefined;
    return this.#declared.has(gfn) === (private_is === 'declared private');
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
    const { rules } = versionOf(this.host.kernel);
    if (this.#dead) return new KvmExit('KVM_EXIT_SHUTDOWN', {}, 'A page of the memory broke: KVM ended the VM.');
    if (this.#isPrivate(inode, gfn, index) !== isPrivate) {
      return rules.exit === 'KVM_EXIT_MEMORY_ERROR' ? memoryError(gfn, isPrivate) : memoryFault(gfn, isPrivate);
    }
    if (isPrivate) return this.#privatePage(inode, gfn, index, rules.private_is !== 'populated');
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

/** KVM_EXIT_MEMORY_ERROR of v3: what user space has to make of the page. */
const memoryError = (gfn: number, isPrivate: boolean): KvmExit =>
  new KvmExit(
    'KVM_EXIT_MEMORY_ERROR',
    {
      type: isPrivate ? 'KVM_EXIT_MEM_MAP_PRIVATE' : 'KVM_EXIT_MEM_MAP_SHARED',
      gpa: gpaText(gfn * PAGE),
      size: String(PAGE),
    },
    isPrivate ? 'The private file has no page there.' : 'The private file has a page there.',
  );

/** KVM_EXIT_MEMORY_FAULT as in v6 to v10: bit 0 of the flags says that the access was private. */
const memoryFault = (gfn: number, isPrivate: boolean): KvmExit =>
  new KvmExit(
    'KVM_EXIT_MEMORY_FAULT',
    { flags: isPrivate ? 'PRIVATE' : '0', gpa: gpaText(gfn * PAGE), size: String(PAGE) },
    isPrivate ? 'KVM holds the page for shared.' : 'KVM holds the page for private.',
  );

/** ioctl KVM_CREATE_VM on a kernel of the series; throws for any other kernel. */
export function kvm_create_vm(process: Process, name: string): MemfileVm {
  versionOf(process.host.kernel);
  return process.host.step(process.name, 'kvm_create_vm', [name], () => new MemfileVm(process, name));
}
