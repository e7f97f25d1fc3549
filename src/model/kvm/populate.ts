/**
 * kvm_gmem_populate: how a guest's first memory gets into its private pages. KVM copies from ordinary memory; a back-end's
 * callback (SNP, TDX) then measures and encrypts.
 * Source: virt/kvm/guest_memfd.c, Linux 6.12.117 and 7.3.4, and torvalds/linux at 01f492e1817e; nothing of it was recorded. Left
 * out: signals (EINTR), pages larger than 4 KiB, the order of locks.
 */
import { Errno } from '../errno.ts';
import { type Bytes, bytesOf, type Source } from '../linux/usermemory.ts';
import type { Frame } from '../machine/memory.ts';
import { PAGE } from '../units.ts';
import type { GuestMemfd } from './guest-memfd.ts';
import type { KvmVm } from './kvm-vm.ts';
import { kvmRules } from './rules.ts';

/** What the back-end does with a page after the copy; an Errno ends the call. */
export type PostPopulate = (gfn: number, frame: Frame) => Errno | undefined;

/** The back-end's part, with what stands before the copy. */
export interface Populating {
  /** Before the copy; an Errno ends the call. */
  readonly pre?: PostPopulate;
  readonly post?: PostPopulate;
}

/**
 * Pages done, or the error if none was. `source` null copies nothing. Errors: ENOSYS (a kernel without it), EINVAL (no bound
 * slot; a page that is not private by its attribute), EFAULT (the file was closed; the source cannot be read), EEXIST (the
 * page was prepared before, where the kernel looks), EHWPOISON, ENOMEM.
 */
export function populate(
  vm: KvmVm,
  first: number,
  source: Source | null,
  pages: number,
  { pre, post }: Populating = {},
): number | Errno {
  const rules = kvmRules(vm.host.kernel);
  if (rules.populate === 'absent') return new Errno('ENOSYS', 'This kernel has no kvm_gmem_populate.');
  const slot = vm.slotAt(first);
  if (slot === undefined || !slot.bound)
    return new Errno('EINVAL', 'The first guest frame has no slot with a guest_memfd.');
  const gmem = slot.gmem;
  if (gmem === undefined) return new Errno('EFAULT', 'The file of the slot was closed.');
  const bytes = source === null ? undefined : bytesOf(source);
  const count = Math.min(pages, slot.first + slot.pages - first);
  for (let done = 0; done < count; done++) {
    const gfn = first + done;
    const page = slot.filePage + gfn - slot.first;
    const refused = populatePage(
      vm,
      gmem,
      gfn,
      page,
      (frame) => pre?.(gfn, frame) ?? copyIn(frame, bytes, done) ?? post?.(gfn, frame),
    );
    if (refused !== undefined) return done > 0 ? done : refused;
  }
  return count;
}

function populatePage(
  vm: KvmVm,
  gmem: GuestMemfd,
  gfn: number,
  page: number,
  fill: (frame: Frame) => Errno | undefined,
): Errno | undefined {
  const frame = gmem.obtain(page);
  if (frame instanceof Errno) return frame;
  if (kvmRules(vm.host.kernel).populate === 'EEXIST when prepared' && gmem.prepared.has(page)) {
    return new Errno('EEXIST', 'The page was prepared for the guest before.');
  }
  if (!vm.gfnIsPrivate(gfn)) return new Errno('EINVAL', 'The page is not private by its attribute.');
  return fill(frame) ?? gmem.prepare(page);
}

function copyIn(frame: Frame, bytes: Bytes | undefined, index: number): Errno | undefined {
  if (bytes === undefined) return undefined;
  const from = index * PAGE;
  const length = Math.max(0, Math.min(PAGE, bytes.length - from));
  if (bytes.readable(from, length) < length) return new Errno('EFAULT', 'The source cannot be read.');
  frame.write(0, bytes.copy(from, length));
  return undefined;
}
