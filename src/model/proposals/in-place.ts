/**
 * In-place conversion for guest_memfd: version 8 of 2026-06-18
 * (20260618-gmem-inplace-conversion-v8-0-9d2959357853@google.com), not in Linux 7.3.4 and not seen merged as of 2026-07-01.
 *
 * The file keeps private or shared for each of its pages, and an ioctl on the file changes it. Every page may be mapped where
 * the file has MMAP; a touch of a private one is SIGBUS. A page that somebody in the kernel still holds cannot become private:
 * EAGAIN, with the offset of the first such page.
 *
 * The messages that were read do not state the checks of the arguments: they are assumed to be those of
 * KVM_SET_MEMORY_ATTRIBUTES. Left out: the module parameter gmem_in_place_conversion (it is on), what a conversion does to the
 * bytes of a page (here they stay; a processor that encrypts does otherwise), the pending batches of other processors that the
 * series drains first, and populating without a source.
 */
import { Errno, type Result } from '../errno.ts';
import { Attributes } from '../kvm/attributes.ts';
import { KVM_MEMORY_ATTRIBUTE_PRIVATE, KVM_X86_DEFAULT_VM } from '../kvm/constants.ts';
import { GuestMemfd } from '../kvm/guest-memfd.ts';
import { KvmVm, type MemoryAttributes } from '../kvm/kvm-vm.ts';
import { KVM_RULES, type KvmKernel, type KvmRules } from '../kvm/rules.ts';
import { NotRead } from '../linux/notread.ts';
import type { Process } from '../linux/process.ts';
import { linux } from '../linux/versions.ts';
import { PAGE_N, unsigned, type WordIn } from '../linux/words.ts';
import { show } from '../show.ts';
import type { Owner } from '../trace.ts';
import { PAGE } from '../units.ts';

/**
 * The kernel of version 8: KVM as merged for 7.1, which the series is closest to, and the rest as in 7.3.4, the nearest kernel
 * whose mm/memfd.c and mm/shmem.c were read.
 */
export const inPlaceV8: KvmKernel = {
  ...linux('7.3.4'),
  name: 'in-place conversion, v8 of 2026-06-18',
  version: 'in-place v8',
  evidence: 'posting',
  source: '20260618-gmem-inplace-conversion-v8-0-9d2959357853@google.com',
  kvm: KVM_RULES['01f492e1817e'] as KvmRules,
};

/** A guest_memfd whose pages are private or shared one by one. */
export class ConvertibleFile extends GuestMemfd {
  /** By page of the file. */
  readonly #private = new Attributes();

  constructor(vm: KvmVm, size: bigint, flags: number, uid: number) {
    super(vm, size, flags, uid);
    if (!this.shared) this.#private.set(0, Number(size / PAGE_N), true);
  }

  isPrivate(page: number): boolean {
    return this.#private.isPrivate(page);
  }

  override owner(page = 0): Owner {
    const frame = this.inode.page(page)?.frame;
    return this.isPrivate(page) ? ((frame && this.vm.gmemOwner(frame)) ?? 'P') : 'S';
  }

  override fault(page = 0): string | undefined {
    return this.isPrivate(page) ? `Page ${page} of the file is private to the guest.` : undefined;
  }

  /**
   * Makes pages `first` up to, not including, `end` private or shared. Returns the first page that somebody still holds, if
   * that keeps the range from becoming private; then nothing has changed.
   */
  convert(first: number, end: number, toPrivate: boolean): number | undefined {
    if (toPrivate) {
      // The page cache has one reference; any other may reach the bytes without a mapping.
      for (const page of this.inode.cached(first, end)) if ((this.inode.page(page)?.frame.refs ?? 0) > 1) return page;
    }
    this.invalidate(first, end);
    this.#private.set(first, end, toPrivate);
    // The letters of the pages are other ones now.
    this.inode.pageChanges++;
    return undefined;
  }
}

/** A VM whose guest_memfd files convert in place. */
export class InPlaceVm extends KvmVm {
  protected override makeFile(size: bigint, flags: number, uid: number): GuestMemfd {
    return new ConvertibleFile(this, size, flags, uid);
  }

  /** PRIVATE moves to the file; what the VM-wide ioctl then answers was not read. */
  override kvm_set_memory_attributes(wanted: MemoryAttributes, by: Process = this.process): 0 | Errno {
    if (unsigned(wanted.attributes) === 0n) return super.kvm_set_memory_attributes(wanted, by);
    throw new NotRead('In-place conversion: what KVM_SET_MEMORY_ATTRIBUTES answers for PRIVATE was not read.');
  }

  override gfnIsPrivate(gfn: number): boolean {
    return privateByFile(this, gfn);
  }
}

/** The attribute is that of the file's page; a frame without such a file has the attribute of the VM. */
export function privateByFile(vm: KvmVm, gfn: number): boolean {
  const slot = vm.slotAt(gfn);
  if (slot === undefined || !(slot.gmem instanceof ConvertibleFile)) return vm.attributes.isPrivate(gfn);
  return slot.gmem.isPrivate(slot.filePage + gfn - slot.first);
}

/** ioctl KVM_CREATE_VM on a kernel with the series. */
export function kvm_create_vm(process: Process, name: string, type: number = KVM_X86_DEFAULT_VM): InPlaceVm {
  return process.host.step(process.name, 'kvm_create_vm', [name], () => new InPlaceVm(process, name, type));
}

/** The request of KVM_SET_MEMORY_ATTRIBUTES2. Units: bytes from the start of the file. */
export interface FileAttributes {
  offset: WordIn;
  size: WordIn;
  attributes: number;
  /** Written by a refused call: the first page that somebody holds. */
  error_offset?: number;
}

/** The checks that are assumed to be those of the VM-wide ioctl. */
function misfit(file: ConvertibleFile, { offset, size, attributes }: FileAttributes): string | undefined {
  const [start, length] = [unsigned(offset), unsigned(size)];
  if ((attributes & ~KVM_MEMORY_ATTRIBUTE_PRIVATE) !== 0) return 'The file knows the attribute PRIVATE only.';
  if (length === 0n || start % PAGE_N !== 0n || length % PAGE_N !== 0n) return 'The range must be whole pages.';
  return start + length > file.inode.size ? 'The range ends behind the file.' : undefined;
}

/** ioctl KVM_SET_MEMORY_ATTRIBUTES2 on a guest_memfd. Errors: EBADF, ENOTTY, EINVAL, EAGAIN with `error_offset`. */
export function kvm_set_memory_attributes2(process: Process, fd: Result, request: FileAttributes): 0 | Errno {
  const args = [show(fd), `${show(request.size)} bytes at ${show(request.offset)}`, show(request.attributes)];
  return process.host.step(process.name, 'kvm_set_memory_attributes2', args, () => {
    const open = process.file(fd);
    if (open instanceof Errno) return open;
    const file = open.object;
    if (!(file instanceof ConvertibleFile)) return new Errno('ENOTTY', 'The descriptor is not a guest_memfd.');
    const wrong = misfit(file, request);
    if (wrong !== undefined) return new Errno('EINVAL', wrong);
    const first = Number(unsigned(request.offset) / PAGE_N);
    const end = first + Number(unsigned(request.size) / PAGE_N);
    const held = file.convert(first, end, request.attributes !== 0);
    if (held === undefined) {
      process.host.note(`pages ${first} to ${end - 1} ${request.attributes === 0 ? 'shared' : 'private'}`);
      return 0;
    }
    request.error_offset = held * PAGE;
    return new Errno('EAGAIN', `Somebody in the kernel still holds page ${held} of the file.`);
  });
}
