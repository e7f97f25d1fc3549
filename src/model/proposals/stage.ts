/**
 * One stage for every generation of the design: a VMM that makes guest memory, and guests that use it, each step done in the
 * way of the named generation. Scenarios are written once against it; the generations themselves are content/records/
 * generations.json, whose ids are the keys here.
 */
import { Errno, type Oops } from '../errno.ts';
import {
  GUEST_MEMFD_FLAG_INIT_SHARED,
  GUEST_MEMFD_FLAG_MMAP,
  KVM_MEM_GUEST_MEMFD,
  KVM_MEM_LOG_DIRTY_PAGES,
  KVM_X86_DEFAULT_VM,
  KVM_X86_SW_PROTECTED_VM,
} from '../kvm/constants.ts';
import type { KvmExit } from '../kvm/exit.ts';
import { GuestMemfd, guestMemfdOf } from '../kvm/guest-memfd.ts';
import { type KvmVm, kvm_create_vm } from '../kvm/kvm-vm.ts';
import { type KvmKernel, kvmRules } from '../kvm/rules.ts';
import { Vm } from '../kvm/vm.ts';
import {
  F_ADD_SEALS,
  F_SEAL_WRITE,
  FALLOC_FL_KEEP_SIZE,
  MAP_SHARED,
  MFD_ALLOW_SEALING,
  PROT_READ,
  PROT_WRITE,
} from '../linux/constants.ts';
import { Host } from '../linux/host.ts';
import type { Process } from '../linux/process.ts';
import { linux } from '../linux/versions.ts';
import { PAGE } from '../units.ts';
import { F_SEAL_GUEST, fSealGuestV2, kvm_create_vm as guestVm, MFD_GUEST, mfdGuest } from './f-seal-guest.ts';
import { guestMemfdV12, kvm_create_vm as v12Vm } from './guest-memfd-v12.ts';
import { inPlaceV8, kvm_create_vm as inPlaceVm, kvm_set_memory_attributes2 } from './in-place.ts';
import {
  inaccessibleV3,
  inaccessibleV5,
  inaccessibleV6,
  inaccessibleV8,
  MFD_INACCESSIBLE,
  kvm_create_vm as memfileVm,
} from './inaccessible.ts';
import { LinkVm, linkGuestMemfdV2, kvm_create_vm as linkVm } from './link-guest-memfd.ts';
import { GUEST_MEMFD_FLAG_NO_DIRECT_MAP, noDirectMapV8, kvm_create_vm as noDirectMapVm } from './no-direct-map.ts';
import { poisonV2, kvm_create_vm as protectedVm } from './poisoned-pages.ts';
import { KVM_MEMORY_ATTRIBUTE_PRIVATE, memfd_restricted, restrictedV10 } from './restricted.ts';
import { answered, NoAnswer } from './stage/answers.ts';
import { type Deeds, deeds } from './stage/deeds.ts';
import { deviceByFile, type FileDevice } from './stage/device.ts';
import { unstatedStage } from './stage/unstated.ts';
import { GUEST_MEMFD_FLAG_WRITE, writePopulationV5, kvm_create_vm as writeVm } from './write-population.ts';

export { answered, NoAnswer, noSuchOperation, nothing, notRead, notStated, word } from './stage/answers.ts';
export type { Deeds } from './stage/deeds.ts';
export type { FileDevice } from './stage/device.ts';

/** A guest of the generation. Addresses in bytes. */
export interface StageVm {
  /** Connects pages of the memory to guest addresses; by default the first page to address 0, in slot 0. */
  bind(fd: number | Errno, where?: Where): 0 | Errno | Oops | NoAnswer;
  load(gpa: number): number | KvmExit | Errno | NoAnswer;
  store(gpa: number, byte: number): 0 | KvmExit | Errno | NoAnswer;
  /** Connects one page with KVM_MEM_LOG_DIRTY_PAGES, at address 0 in slot 0. */
  logged(fd: number | Errno): 0 | Errno | Oops | NoAnswer;
  /** Pages of slot 0 that the guest wrote, by KVM_GET_DIRTY_LOG. */
  dirty(): number[] | Errno | NoAnswer;
  /** The vCPU ioctl that maps one page before the guest touches it. */
  prefault(gpa: number): 0 | Errno | NoAnswer;
  /** An ioctl declares one page at a guest address private or shared; absent where the generation has no such ioctl. */
  readonly convert?: (gpa: number, to: 'private' | 'shared') => 0 | Errno | NoAnswer;
  /** The last reference to the VM goes. */
  close(): void;
}

export interface Where {
  readonly slot?: number;
  readonly gpa?: number;
  /** Bytes from the start of the file. */
  readonly offset?: number;
  readonly pages?: number;
}

export interface Stage {
  readonly host: Host;
  /** The VMM. */
  readonly vmm: Process;
  /**
   * Makes guest memory as this generation does: a descriptor. Its pages exist. With `byte` the VMM puts that byte at its
   * start while it still can; where it cannot at any time, nothing happens.
   */
  memory(pages?: number, name?: string, byte?: number): number | Errno;
  /** A guest, of the VMM unless another process is named. Another name makes another guest. */
  vm(process?: Process, name?: string): StageVm;
  /** What the kernel does to a page of the memory of its own accord. */
  readonly kernel: Deeds;
  /** A device that is connected to the memory by its file, and hears itself when pages go. */
  device(fd: number | Errno): FileDevice;
}

/** A stage before what is the same for all of them is added. */
type Bare = Omit<Stage, 'kernel' | 'device'>;

/** A byte at the start of the file, through a mapping that is gone afterwards. */
function putByte(vmm: Process, fd: number | Errno, byte: number): void {
  const window = vmm.mmap(0, PAGE, PROT_READ | PROT_WRITE, MAP_SHARED, fd, 0);
  vmm.store(window, byte);
  vmm.munmap(window, PAGE);
}

/** Memory that the VMM maps, and KVM by the VMM's address. `create` makes the VM and whatever its guest does first. */
function byAddress(
  make: (vmm: Process, name: string) => number | Errno,
  sealed = false,
  host = new Host(linux('6.18.44')),
  create: (process: Process, name: string) => Vm = (process, name) => new Vm(process, name),
): Bare {
  const vmm = host.process('qemu');
  const prot = sealed ? PROT_READ : PROT_READ | PROT_WRITE;
  return {
    host,
    vmm,
    memory: (pages = 1, name = 'guest-ram', byte = undefined) => {
      const fd = make(vmm, name);
      vmm.ftruncate(fd, pages * PAGE);
      if (byte !== undefined) putByte(vmm, fd, byte);
      if (sealed) vmm.fcntl(fd, F_ADD_SEALS, F_SEAL_WRITE);
      return fd;
    },
    vm: (process = vmm, name = 'vm') => {
      const vm = create(process, name);
      return {
        bind: (fd, { slot = 0, gpa = 0, offset = 0, pages = 1 } = {}) => {
          const size = pages * PAGE;
          const userspace_addr = process.mmap(0, size, prot, MAP_SHARED, fd, offset);
          return vm.kvm_set_user_memory_region({ slot, guest_phys_addr: gpa, memory_size: size, userspace_addr });
        },
        logged: (fd) =>
          vm.kvm_set_user_memory_region({
            slot: 0,
            flags: KVM_MEM_LOG_DIRTY_PAGES,
            guest_phys_addr: 0,
            memory_size: PAGE,
            userspace_addr: process.mmap(0, PAGE, prot, MAP_SHARED, fd, 0),
          }),
        dirty: () => vm.kvm_get_dirty_log(0),
        prefault: () => noPreFault,
        load: (gpa) => vm.guest_load(gpa),
        store: (gpa, byte) => vm.guest_store(gpa, byte),
        close: () => vm.close(),
      };
    },
  };
}

/** A VM whose slots name a file. */
interface FileVm {
  kvm_set_user_memory_region_ext(region: {
    slot: number;
    guest_phys_addr: number;
    memory_size: number;
    private_fd: number | Errno;
    userspace_addr?: number;
    private_offset?: number;
    flags?: number;
  }): 0 | Errno | Oops;
  kvm_get_dirty_log(id: number): number[] | Errno;
  guest_load(gpa: number): number | KvmExit | Errno;
  guest_store(gpa: number, byte: number): 0 | KvmExit | Errno;
  close(): void;
}

/** How user space declares a range of guest addresses private or shared. */
type Declare<V> = (vm: V, gpa: number, size: number, to: 'private' | 'shared') => 0 | Errno;

/** Memory that KVM takes from the file. With `declare` a page is private when an ioctl says so, as after each binding. */
function byFile<V extends FileVm>(
  host: Host,
  make: (vmm: Process, name: string) => number | Errno,
  create: (process: Process, name: string) => V,
  offsetIn: 'userspace_addr' | 'private_offset',
  declare?: Declare<V>,
): Bare {
  const vmm = host.process('qemu');
  return {
    host,
    vmm,
    memory: (pages = 1, name = 'guest-ram', byte = undefined) => {
      const fd = make(vmm, name);
      vmm.fallocate(fd, 0, 0, pages * PAGE);
      if (byte !== undefined) vmm.pwrite(fd, Uint8Array.of(byte), 0);
      return fd;
    },
    vm: (process = vmm, name = 'vm') => {
      const vm = create(process, name);
      return {
        bind: (fd, { slot = 0, gpa = 0, offset = 0, pages = 1 } = {}) => {
          const region = { slot, guest_phys_addr: gpa, memory_size: pages * PAGE, private_fd: fd, [offsetIn]: offset };
          const answer = answered(() => vm.kvm_set_user_memory_region_ext(region));
          if (answer === 0) declare?.(vm, gpa, pages * PAGE, 'private');
          return answer;
        },
        logged: (fd) => {
          const region = {
            slot: 0,
            flags: KVM_MEM_LOG_DIRTY_PAGES,
            guest_phys_addr: 0,
            memory_size: PAGE,
            private_fd: fd,
          };
          const answer = answered(() => vm.kvm_set_user_memory_region_ext(region));
          if (answer === 0) declare?.(vm, 0, PAGE, 'private');
          return answer;
        },
        dirty: () => vm.kvm_get_dirty_log(0),
        prefault: () => noPreFault,
        load: (gpa) => vm.guest_load(gpa),
        store: (gpa, byte) => vm.guest_store(gpa, byte),
        ...(declare && { convert: (gpa, to) => declare(vm, gpa, PAGE, to) }),
        close: () => vm.close(),
      };
    },
  };
}

const noPreFault = new NoAnswer(
  'no such operation',
  'The model of this generation has no such ioctl: it came with 6.11.',
);

const attribute = (to: 'private' | 'shared'): number => (to === 'private' ? KVM_MEMORY_ATTRIBUTE_PRIVATE : 0);

/** Memory that belongs to a VM: guest_memfd. The first guest is the VM that the file was made for. */
function guestMemfd(version: string, type: number, flags: number): Bare {
  return ofVm(new Host(linux(version)), flags, (process, name) => kvm_create_vm(process, name, { type }), true);
}

/** As `guestMemfd`, with the VM of a series; `byVm` where private and shared is an attribute of the VM, not of the file. */
function ofVm(
  host: Host,
  flags: number,
  create: (process: Process, name: string) => KvmVm | Errno,
  byVm: boolean,
): Bare {
  const vmm = host.process('qemu');
  let first: KvmVm | Errno | undefined;
  const owner = () => {
    first ??= create(vmm, 'vm');
    return first;
  };
  return {
    host,
    vmm,
    memory: (pages = 1, _name = 'guest-ram', byte = undefined) => {
      const vm = owner();
      if (vm instanceof Errno) return vm;
      const fd = vm.kvm_create_guest_memfd(pages * PAGE, flags);
      vmm.fallocate(fd, FALLOC_FL_KEEP_SIZE, 0, pages * PAGE);
      // Only a file that begins shared can be written by its VMM: by a call where there is one, else through a mapping.
      if (byte !== undefined && (flags & GUEST_MEMFD_FLAG_WRITE) !== 0) {
        vmm.pwrite(fd, Uint8Array.of(byte, ...new Uint8Array(PAGE - 1)), 0);
      } else if (byte !== undefined && (flags & GUEST_MEMFD_FLAG_INIT_SHARED) !== 0) putByte(vmm, fd, byte);
      return fd;
    },
    vm: (process = vmm, name = 'vm') => {
      const vm = process === vmm && name === 'vm' ? owner() : create(process, name);
      return vm instanceof Errno ? refusedVm(vm) : gmemVm(vm, byVm, process);
    },
  };
}

const refusedVm = (why: Errno): StageVm => ({
  bind: () => why,
  logged: () => why,
  dirty: () => why,
  prefault: () => why,
  load: () => why,
  store: () => why,
  close: () => {},
});

/** The slots of the guest, by first guest address: which page of which file a conversion of the file is about. */
interface Bound {
  readonly fd: number | Errno;
  readonly gpa: number;
  readonly offset: number;
}

function gmemVm(vm: KvmVm, byVm: boolean, process: Process): StageVm {
  let bound: Bound | undefined;
  return {
    bind: (given, { slot = 0, gpa = 0, offset = 0, pages = 1 } = {}) => {
      const size = pages * PAGE;
      // Where a VM can take over the file of another one, it does.
      const own = guestMemfdOf(process, given);
      const foreign = vm instanceof LinkVm && own instanceof GuestMemfd && own.vm !== vm;
      const fd = foreign ? vm.kvm_link_guest_memfd(given) : given;
      const answer = vm.kvm_set_user_memory_region2({
        slot,
        flags: KVM_MEM_GUEST_MEMFD,
        guest_phys_addr: gpa,
        memory_size: size,
        userspace_addr: 0,
        guest_memfd: fd,
        guest_memfd_offset: offset,
      });
      if (answer === 0) bound = { fd, gpa, offset };
      if (answer === 0 && byVm && vm.hasPrivateMemory) {
        vm.kvm_set_memory_attributes({ address: gpa, size, attributes: KVM_MEMORY_ATTRIBUTE_PRIVATE });
      }
      return answer;
    },
    logged: (guest_memfd) =>
      vm.kvm_set_user_memory_region2({
        slot: 0,
        flags: KVM_MEM_GUEST_MEMFD | KVM_MEM_LOG_DIRTY_PAGES,
        guest_phys_addr: 0,
        memory_size: PAGE,
        userspace_addr: 0,
        guest_memfd,
      }),
    dirty: () => vm.kvm_get_dirty_log(0),
    prefault: (gpa) => answered(() => vm.kvm_pre_fault_memory(gpa, PAGE)),
    load: (gpa) => vm.guest_load(gpa),
    store: (gpa, byte) => vm.guest_store(gpa, byte),
    convert: (gpa, to) => {
      const attributes = attribute(to);
      if (byVm) return vm.kvm_set_memory_attributes({ address: gpa, size: PAGE, attributes });
      const { fd = -1, gpa: first = 0, offset = 0 } = bound ?? {};
      return kvm_set_memory_attributes2(process, fd, { offset: offset + gpa - first, size: PAGE, attributes });
    },
    close: () => vm.close(),
  };
}

const sealable = (vmm: Process, name: string) => vmm.memfd_create(name, MFD_ALLOW_SEALING);
const flagged = (flag: number) => (vmm: Process, name: string) => vmm.memfd_create(name, flag);
const inaccessible = flagged(MFD_INACCESSIBLE);

const SHARED = GUEST_MEMFD_FLAG_MMAP | GUEST_MEMFD_FLAG_INIT_SHARED;
/** KVM of a version of which only KVM was read, on the files in memory of the nearest kernel of which they were. */
function withKvm(files: string, version: string): KvmKernel {
  const { name, evidence, source } = linux(version);
  return { name, version, evidence, source, rules: linux(files).rules, kvm: kvmRules(linux(version)) };
}

const STAGES: Readonly<Record<string, () => Bare>> = {
  memfd: () => byAddress(sealable),
  'memfd-write-seal': () => byAddress(sealable, true),
  'poison-v2': () =>
    byAddress(sealable, false, new Host(poisonV2), (process, name) => {
      const vm = protectedVm(process, name);
      vm.kvm_hc_enable_mem_protected();
      return vm;
    }),
  'memfd-secret': () => byAddress((vmm) => vmm.memfd_secret(0)),
  'two-views': unstatedStage,
  'f-seal-guest': () =>
    byFile(
      new Host(fSealGuestV2),
      (vmm, name) => {
        const fd = sealable(vmm, name);
        vmm.fcntl(fd, F_ADD_SEALS, F_SEAL_GUEST);
        return fd;
      },
      guestVm,
      'userspace_addr',
    ),
  'mfd-guest': () => byFile(new Host(mfdGuest), flagged(MFD_GUEST), guestVm, 'userspace_addr'),
  'inaccessible-v3': () => byFile(new Host(inaccessibleV3), inaccessible, memfileVm, 'private_offset'),
  'inaccessible-v5': () => byFile(new Host(inaccessibleV5), inaccessible, memfileVm, 'private_offset'),
  'inaccessible-v6': () => byFile(new Host(inaccessibleV6), inaccessible, memfileVm, 'private_offset'),
  'inaccessible-v8': () =>
    byFile(new Host(inaccessibleV8), inaccessible, memfileVm, 'private_offset', (vm, gpa, size, to) =>
      to === 'private' ? vm.kvm_memory_encrypt_reg_region(gpa, size) : vm.kvm_memory_encrypt_unreg_region(gpa, size),
    ),
  'restricted-v10': () =>
    byFile(
      new Host(restrictedV10),
      (vmm) => memfd_restricted(vmm, 0),
      memfileVm,
      'private_offset',
      (vm, gpa, size, to) => vm.kvm_set_memory_attributes(gpa, size, attribute(to)),
    ),
  'gmem-v12': () => ofVm(new Host(guestMemfdV12), 0, v12Vm, true),
  'gmem-6.8': () =>
    ofVm(
      new Host(withKvm('6.12.117', '6.8')),
      0,
      (p, name) => kvm_create_vm(p, name, { type: KVM_X86_SW_PROTECTED_VM }),
      true,
    ),
  'gmem-6.12.117': () => guestMemfd('6.12.117', KVM_X86_SW_PROTECTED_VM, 0),
  'gmem-6.18.44': () => guestMemfd('6.18.44', KVM_X86_SW_PROTECTED_VM, 0),
  'gmem-mmap-6.18.44': () => guestMemfd('6.18.44', KVM_X86_DEFAULT_VM, SHARED),
  'gmem-mmap-6.19': () => ofVm(new Host(withKvm('6.18.44', '6.19')), SHARED, (p, name) => kvm_create_vm(p, name), true),
  'link-rfc-v2': () => ofVm(new Host(linkGuestMemfdV2), 0, (p, name) => linkVm(p, name), true),
  'gmem-write-v5': () =>
    ofVm(new Host(writePopulationV5), SHARED | GUEST_MEMFD_FLAG_WRITE, (p, name) => writeVm(p, name), true),
  'no-direct-map-v8': () =>
    ofVm(new Host(noDirectMapV8), SHARED | GUEST_MEMFD_FLAG_NO_DIRECT_MAP, (p, name) => noDirectMapVm(p, name), true),
  'gmem-7.3.4': () => guestMemfd('7.3.4', KVM_X86_SW_PROTECTED_VM, 0),
  'in-place-v8': () =>
    ofVm(
      new Host(inPlaceV8),
      GUEST_MEMFD_FLAG_MMAP,
      (process, name) => inPlaceVm(process, name, KVM_X86_SW_PROTECTED_VM),
      false,
    ),
};

/** The generations that have a stage, by id. */
export const staged: readonly string[] = Object.keys(STAGES);

/** A fresh stage for a generation. Throws for an id that has none. */
export function stage(id: string): Stage {
  const make = STAGES[id];
  if (make === undefined) throw new RangeError(`There is no stage for the generation ${id}`);
  const bare = make();
  return { ...bare, kernel: deeds(id, bare.vmm), device: (fd) => deviceByFile(id, bare.vmm, fd) };
}
