/**
 * A VM of a named kernel: descriptor, type, memory slots, guest_memfd files, memory attributes, and what an access of the
 * guest becomes.
 * Source: virt/kvm/kvm_main.c, arch/x86/kvm/mmu/mmu.c, Documentation/virt/kvm/api.rst, Linux 6.12.117 and 7.3.4; recordings of
 * content/evidence/guest_memfd (no guest was run there: guest accesses are read, not recorded). Left out: vCPUs as threads,
 * levels and large pages, the dirty ring, nested guests, more than one address space.
 */
import { Errno, type Result } from '../errno.ts';
import { O_RDWR } from '../linux/constants.ts';
import { NotRead } from '../linux/notread.ts';
import type { Process } from '../linux/process.ts';
import type { Source } from '../linux/usermemory.ts';
import { low32, MAX_LFS_FILESIZE, PAGE_N, unsigned, type WordIn } from '../linux/words.ts';
import type { Frame } from '../machine/memory.ts';
import { show } from '../show.ts';
import type { Owner } from '../trace.ts';
import { PAGE } from '../units.ts';
import { Attributes } from './attributes.ts';
import * as c from './constants.ts';
import { gpaText, KvmExit } from './exit.ts';
import { GuestMemfd } from './guest-memfd.ts';
import { exitMask, type HypercallError, mapGpaRange } from './hypercall.ts';
import { type MemoryRegion2, MemorySlot, setMemoryRegion } from './memslots.ts';
import { drawVm } from './picture.ts';
import { type PostPopulate, populate } from './populate.ts';
import { kvmRule, kvmRules } from './rules.ts';
import { type FaultResult, type MemoryRegion, Vm } from './vm.ts';

/** The fields of struct kvm_memory_attributes. Units: bytes. */
export interface MemoryAttributes {
  readonly address: WordIn;
  readonly size: WordIn;
  readonly attributes: WordIn;
  readonly flags?: WordIn;
}

/** VM types whose memory is private or shared page by page. */
const PRIVATE_TYPES = new Set([c.KVM_X86_SW_PROTECTED_VM, c.KVM_X86_SNP_VM, c.KVM_X86_TDX_VM]);

export class KvmVm extends Vm {
  readonly type: number;
  /** The VM's descriptor in the process that made it. */
  readonly fd: number;
  readonly attributes = new Attributes();
  /** Invalidations that have begun and not ended (kvm->mmu_invalidate_in_progress). */
  invalidations = 0;
  /** Counts the invalidations that have ended (kvm->mmu_invalidate_seq): a fault that saw another number starts again. */
  sequence = 0;
  /** The hypercalls that leave to user space, as a mask (kvm->arch.hypercall_exit_enabled). */
  hypercallExits = 0;
  /** Set where the VM can never run again (kvm->vm_dead): each of its ioctls answers EIO. */
  vm_dead = false;

  constructor(process: Process, name: string, type: number) {
    super(process, name);
    this.type = type;
    const inode = this.host.makeInode({ kind: 'kvm', name, uid: process.uid, mode: 0o600, seals: null });
    const file = this.host.makeOpenFile(inode, O_RDWR);
    file.object = this;
    file.released = () => this.kvm_put_kvm();
    this.fd = process.install(file, true);
    this.host.drawings.push((nodes, edges) => drawVm(this, nodes, edges));
  }

  get hasPrivateMemory(): boolean {
    return PRIVATE_TYPES.has(this.type);
  }

  /** Closes the VM's descriptor in the process that made it. */
  override close(): void {
    this.process.close(this.fd);
  }

  /** An ioctl of this VM by some process: EIO unless it is the one whose address space the VM has, or where the VM is dead. */
  protected ioctl<T>(by: Process, op: string, args: readonly unknown[], body: () => T): T | Errno {
    const shown = args.map((arg) => (typeof arg === 'string' ? arg : show(arg)));
    return this.host.step(by.name, op, shown, () => {
      if (by !== this.process) return new Errno('EIO', 'Only the process that made the VM may use its ioctls.');
      return this.vm_dead ? new Errno('EIO', 'The VM was marked as dead.') : body();
    });
  }

  /** ioctl KVM_CREATE_GUEST_MEMFD: a descriptor of a new file; size in bytes. Errors: EINVAL, EIO. */
  kvm_create_guest_memfd(size: WordIn, flags: WordIn = 0, by: Process = this.process): Result {
    return this.ioctl(by, 'kvm_create_guest_memfd', [size, flags], () => {
      const known = this.guestMemfdFlags() & kvmRules(this.host.kernel).guest_memfd_flags;
      if ((unsigned(flags) & ~BigInt(known)) !== 0n) return new Errno('EINVAL', 'The flag word has an unknown bit.');
      const bytes = unsigned(size);
      if (bytes === 0n || bytes > MAX_LFS_FILESIZE || bytes % PAGE_N !== 0n) {
        return new Errno('EINVAL', 'The size must be positive and a multiple of the page size.');
      }
      const gmem = this.makeFile(bytes, low32(flags), by.uid);
      this.host.touch(gmem.inode);
      return by.install(gmem.file);
    });
  }

  /** The file; a series may bring one of its own. Size in bytes. */
  protected makeFile(size: bigint, flags: number, uid: number): GuestMemfd {
    return new GuestMemfd(this, size, flags, uid);
  }

  /** The back-end makes a page of a guest_memfd usable for the guest frame (kvm_arch_gmem_prepare); an Errno refuses it. */
  kvm_arch_gmem_prepare(_gfn: number, _frame: Frame): Errno | undefined {
    return undefined;
  }

  /** A page leaves a guest_memfd: the back-end takes it back from the guest (kvm_arch_gmem_invalidate). */
  kvm_arch_gmem_invalidate(_frame: Frame): void {}

  /** The letter of a page of a guest_memfd, where the back-end knows better than the file. */
  gmemOwner(_frame: Frame): Owner | undefined {
    return undefined;
  }

  /** Whether user space wants this guest frame to be private: the attribute of the VM, unless a series keeps it elsewhere. */
  gfnIsPrivate(gfn: number): boolean {
    return this.attributes.isPrivate(gfn);
  }

  /** What KVM_CAP_GUEST_MEMFD_FLAGS says: INIT_SHARED only where the VM type has no private memory. */
  protected guestMemfdFlags(): number {
    return c.GUEST_MEMFD_FLAG_MMAP | (this.hasPrivateMemory ? 0 : c.GUEST_MEMFD_FLAG_INIT_SHARED);
  }

  /** ioctl KVM_SET_USER_MEMORY_REGION. Errors: EINVAL, EEXIST, EIO. */
  override kvm_set_user_memory_region(region: MemoryRegion | MemoryRegion2, by: Process = this.process): 0 | Errno {
    return this.ioctl(by, 'kvm_set_user_memory_region', [regionText(region)], () =>
      setMemoryRegion(this, by, region, 1),
    );
  }

  /** ioctl KVM_SET_USER_MEMORY_REGION2: also with a range of a guest_memfd. Errors: EINVAL, EEXIST, EBADF, EIO. */
  kvm_set_user_memory_region2(region: MemoryRegion2, by: Process = this.process): 0 | Errno {
    return this.ioctl(by, 'kvm_set_user_memory_region2', [regionText(region)], () =>
      setMemoryRegion(this, by, region, 2),
    );
  }

  /** ioctl KVM_SET_MEMORY_ATTRIBUTES. Errors: ENOTTY (no VM type with private memory on the machine), EINVAL, EIO. */
  kvm_set_memory_attributes(wanted: MemoryAttributes, by: Process = this.process): 0 | Errno {
    const { address, size, attributes, flags = 0 } = wanted;
    return this.ioctl(by, 'kvm_set_memory_attributes', [address, size, attributes], () => {
      if (!supportsAttributes(this.host.vm_types)) {
        return new Errno('ENOTTY', 'The machine offers no VM type with private memory.');
      }
      const supported = this.hasPrivateMemory ? BigInt(c.KVM_MEMORY_ATTRIBUTE_PRIVATE) : 0n;
      if (unsigned(flags) !== 0n) return new Errno('EINVAL', 'There are no flags.');
      if ((unsigned(attributes) & ~supported) !== 0n)
        return new Errno('EINVAL', 'The VM does not have this attribute.');
      const [start, length] = [unsigned(address), unsigned(size)];
      if (length === 0n || start + length >= 2n ** 64n)
        return new Errno('EINVAL', 'The range is empty or wraps around.');
      if (start % PAGE_N !== 0n || length % PAGE_N !== 0n) {
        return new Errno('EINVAL', 'Address and size must be multiples of the page size.');
      }
      this.#setAttributes(Number(start / PAGE_N), Number((start + length) / PAGE_N), unsigned(attributes) !== 0n);
      return 0;
    });
  }

  /** Neither allocates, frees nor copies: only the guest's mappings of the other kind go. */
  #setAttributes(first: number, end: number, isPrivate: boolean): void {
    if (this.attributes.has(first, end, isPrivate)) return;
    this.mmu_invalidate_begin();
    this.unmap(first, end, isPrivate ? 'attribute to private' : 'attribute to shared');
    this.attributes.set(first, end, isPrivate);
    this.mmu_invalidate_end();
    this.host.note(`guest frames ${first} to ${end - 1} ${isPrivate ? 'private' : 'shared'}`);
  }

  /** ioctl KVM_ENABLE_CAP on the VM; of its capabilities only KVM_CAP_EXIT_HYPERCALL is modelled. Errors: EINVAL, EIO. */
  kvm_enable_cap(capability: number, mask: number, by: Process = this.process): 0 | Errno {
    return this.ioctl(by, 'kvm_enable_cap', [capability, mask], () => {
      if (capability !== c.KVM_CAP_EXIT_HYPERCALL) throw new NotRead('Only KVM_CAP_EXIT_HYPERCALL is modelled.');
      const exits = exitMask(mask);
      if (exits instanceof Errno) return exits;
      this.hypercallExits = exits;
      return 0;
    });
  }

  /** The guest's hypercall KVM_HC_MAP_GPA_RANGE: gpa in bytes, pages of 4 KiB. An exit to user space, or an error in the guest. */
  kvm_hc_map_gpa_range(gpa: number, npages: number, attributes: number): KvmExit | HypercallError {
    return this.host.step(this.name, 'kvm_hc_map_gpa_range', [gpaText(gpa), String(npages), String(attributes)], () =>
      mapGpaRange(this.hypercallExits, gpa, npages, attributes),
    );
  }

  /** ioctl KVM_CHECK_EXTENSION on the VM: 0 for what it does not have. Errors: EIO. */
  kvm_check_extension(capability: number, by: Process = this.process): Result {
    return this.ioctl(by, 'kvm_check_extension', [capability], () => {
      const gmem = kvmRules(this.host.kernel).guest_memfd_slots === 'every VM type' || this.hasPrivateMemory;
      switch (capability) {
        case c.KVM_CAP_GUEST_MEMFD:
          return gmem ? 1 : 0;
        case c.KVM_CAP_GUEST_MEMFD_FLAGS:
          return this.guestMemfdFlags() & kvmRules(this.host.kernel).guest_memfd_flags;
        case c.KVM_CAP_MEMORY_ATTRIBUTES:
          return this.hasPrivateMemory ? c.KVM_MEMORY_ATTRIBUTE_PRIVATE : 0;
        default:
          return systemCapability(this.process, capability);
      }
    });
  }

  /**
   * kvm_gmem_populate, the kernel's own function: fills private pages from `first` (a guest frame number) with the bytes of
   * `source`. Answers the pages done, or why none was; see populate.ts.
   */
  kvm_gmem_populate(first: number, source: Source | null, pages: number, post?: PostPopulate): number | Errno {
    return this.host.step('kvm', 'kvm_gmem_populate', [String(first), String(pages)], () =>
      populate(this, first, source, pages, post === undefined ? {} : { post }),
    );
  }

  /**
   * vCPU ioctl KVM_PRE_FAULT_MEMORY: maps a range as if the guest had read it; 0 when at least one page was mapped. Bytes.
   * Errors: ENOTTY (a kernel without it), EINVAL, ENOENT (no slot), EFAULT (private, and no page can be had).
   */
  kvm_pre_fault_memory(gpa: number, size: number, flags = 0): 0 | Errno {
    return this.step('kvm_pre_fault_memory', [gpaText(gpa), String(size)], () => {
      if (kvmRule(this.host.kernel, 'pre_fault') === 'absent')
        return new Errno('ENOTTY', 'This kernel has no such ioctl.');
      if (flags !== 0) return new Errno('EINVAL', 'There are no flags.');
      if (gpa % PAGE !== 0 || size % PAGE !== 0 || size <= 0) {
        return new Errno('EINVAL', 'Address and size must be multiples of the page size, and the range not empty.');
      }
      for (let done = 0; done < size; done += PAGE) {
        const refused = this.#preFault(gpa + done);
        if (refused !== undefined) return done > 0 ? 0 : refused;
      }
      return 0;
    });
  }

  #preFault(gpa: number): Errno | undefined {
    const found = this.page(gpa, false);
    if (found instanceof Errno) return found;
    if (!(found instanceof KvmExit)) return undefined;
    if (found.reason === 'KVM_EXIT_MMIO') return new Errno('ENOENT', found.why);
    return new Errno(found.fields['errno'] === 'EHWPOISON' ? 'EHWPOISON' : 'EFAULT', found.why);
  }

  /** The slot that has a guest frame. */
  slotAt(gfn: number): MemorySlot | undefined {
    const slot = this.slotOf(gfn);
    return slot instanceof MemorySlot ? slot : undefined;
  }

  mmu_invalidate_begin(): void {
    this.invalidations++;
  }

  mmu_invalidate_end(): void {
    this.sequence++;
    this.invalidations--;
  }

  /** The slots in order of number. */
  get memorySlots(): MemorySlot[] {
    return [...this.slots.values()].filter((slot) => slot instanceof MemorySlot).sort((a, b) => a.id - b.id);
  }

  /** The slot of this number. */
  memorySlot(id: number): MemorySlot | undefined {
    const slot = this.slots.get(id);
    return slot instanceof MemorySlot ? slot : undefined;
  }

  /** Another slot that has one of these guest frames. */
  overlapping(first: number, end: number, except: number): MemorySlot | undefined {
    for (const slot of this.slots.values()) {
      if (slot instanceof MemorySlot && slot.id !== except && slot.first < end && first < slot.first + slot.pages)
        return slot;
    }
    return undefined;
  }

  setSlot(slot: MemorySlot): void {
    this.remove(slot.id);
    this.slots.set(slot.id, slot);
  }

  dropSlot(id: number): void {
    this.remove(id);
  }

  /** A guest access: whether it is to private memory comes from the guest, or from the attribute where software decides. */
  protected override page(gpa: number, write: boolean, asked?: boolean): FaultResult {
    const gfn = Math.floor(gpa / PAGE);
    const byAttribute = this.gfnIsPrivate(gfn);
    const bySoftware = this.type === c.KVM_X86_SW_PROTECTED_VM || !this.hasPrivateMemory;
    const isPrivate = bySoftware ? byAttribute : (asked ?? byAttribute);
    if (isPrivate !== byAttribute) {
      return memoryFault(
        gfn,
        isPrivate,
        'EFAULT',
        'The access and the attribute of the page disagree: user space may convert it.',
      );
    }
    const slot = this.slotOf(gfn);
    if (slot !== undefined) return slot.fault(gfn, write, isPrivate);
    if (isPrivate) return memoryFault(gfn, true, 'EFAULT', 'No slot has this private guest address.');
    return new KvmExit('KVM_EXIT_MMIO', { phys_addr: gpaText(gpa) }, 'No slot has this guest address.');
  }

  /** A slot delivers a page: from its file for private memory, and always where the file can be mapped. */
  faultIn(slot: MemorySlot, gfn: number, write: boolean, isPrivate: boolean): FaultResult {
    if (!isPrivate && !slot.gmemOnly) {
      return this.byAddress(Number(slot.userspace_addr) + (gfn - slot.first) * PAGE, write);
    }
    if (!slot.bound) return memoryFault(gfn, isPrivate, 'EFAULT', 'The slot has no guest_memfd.');
    if (slot.gmem === undefined) return memoryFault(gfn, isPrivate, 'EFAULT', 'The file of the slot was closed.');
    const frame = slot.gmem.page(slot.filePage + gfn - slot.first, gfn);
    if (frame instanceof Errno)
      return frame.name === 'EHWPOISON' ? memoryFault(gfn, isPrivate, frame.name, frame.why) : frame;
    this.stage2.map(gfn, frame);
    return frame;
  }
}

/** KVM_RUN returns -1 with this errno, and the exit's fields say where. */
export function memoryFault(gfn: number, isPrivate: boolean, errno: 'EFAULT' | 'EHWPOISON', why: string): KvmExit {
  const flags = isPrivate ? 'KVM_MEMORY_EXIT_FLAG_PRIVATE' : '0';
  return new KvmExit('KVM_EXIT_MEMORY_FAULT', { errno, flags, gpa: gpaText(gfn * PAGE), size: '0x1000' }, why);
}

const supportsAttributes = (types: readonly number[]): boolean => types.some((type) => PRIVATE_TYPES.has(type));

/** KVM_CHECK_EXTENSION on /dev/kvm. */
export function systemCapability(process: Process, capability: number): number {
  const { kernel, vm_types: types } = process.host;
  switch (capability) {
    case c.KVM_CAP_USER_MEMORY2:
    case c.KVM_CAP_GUEST_MEMFD:
    case c.KVM_CAP_MEMORY_FAULT_INFO:
    case c.KVM_CAP_READONLY_MEM:
      return 1;
    case c.KVM_CAP_GUEST_MEMFD_FLAGS:
      return kvmRules(kernel).guest_memfd_flags;
    case c.KVM_CAP_MEMORY_ATTRIBUTES:
      return supportsAttributes(types) ? c.KVM_MEMORY_ATTRIBUTE_PRIVATE : 0;
    case c.KVM_CAP_VM_TYPES:
      return types.reduce((mask, type) => mask | (1 << type), 0);
    case c.KVM_CAP_NR_MEMSLOTS:
      return c.NR_MEMSLOTS;
    default:
      return 0;
  }
}

const regionText = (region: MemoryRegion2): string => {
  const file =
    region.guest_memfd === undefined
      ? ''
      : `, guest_memfd ${show(region.guest_memfd)} from ${show(region.guest_memfd_offset ?? 0)}`;
  return `slot ${region.slot}: guest ${show(region.guest_phys_addr)}, ${show(region.memory_size)} bytes${file}`;
};

export interface VmOptions {
  /** KVM_X86_DEFAULT_VM unless it says otherwise; the machine must offer the type. */
  readonly type?: number;
}

/** ioctl KVM_CREATE_VM: a VM of this process. Errors: EINVAL (the machine does not offer the type). */
export function kvm_create_vm(process: Process, name: string, options: VmOptions = {}): KvmVm | Errno {
  const type = options.type ?? c.KVM_X86_DEFAULT_VM;
  return process.host.step(process.name, 'kvm_create_vm', [name, String(type)], () =>
    process.host.vm_types.includes(type)
      ? new KvmVm(process, name, type)
      : new Errno('EINVAL', 'The machine does not offer this VM type.'),
  );
}

/** The VM of a descriptor: EBADF, or ENOTTY where the descriptor is something else. */
export function vmOf(process: Process, fd: Result): KvmVm | Errno {
  const file = process.file(fd);
  if (file instanceof Errno) return file;
  return file.object instanceof KvmVm ? file.object : new Errno('ENOTTY', 'The descriptor is not a VM.');
}

/** ioctl KVM_CHECK_EXTENSION on /dev/kvm: 0 for what the machine or the kernel does not have. */
export function kvm_check_extension(process: Process, capability: number): number {
  return process.host.step(process.name, 'kvm_check_extension', [String(capability)], () =>
    systemCapability(process, capability),
  );
}
