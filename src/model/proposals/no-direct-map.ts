/**
 * guest_memfd without the kernel's direct map: GUEST_MEMFD_FLAG_NO_DIRECT_MAP, version 8 of 2025-12-05
 * (20251205165743.9341-1-kalyazin@amazon.com), read as Firecracker carries it on a 6.18 kernel (patches 0028, 0030 and 0032). Posted,
 * a version 12 was under review in May 2026; not seen merged as of 2026-11-20.
 *
 * A page leaves the direct map right before it becomes visible to a guest or to a mapping, and comes back when it is freed.
 * The file is refused wherever secret memory is: get_user_pages, mlock. Not for SNP and TDX, which reach pages through the
 * direct map, for example to populate them. Left out: what KVM itself needs of guest memory (it uses the VMM's mapping, or a
 * mapping of its own in later patches), and what flushing costs.
 */
import { Errno } from '../errno.ts';
import { KVM_X86_DEFAULT_VM, KVM_X86_SNP_VM, KVM_X86_TDX_VM } from '../kvm/constants.ts';
import { GuestMemfd } from '../kvm/guest-memfd.ts';
import { KvmVm } from '../kvm/kvm-vm.ts';
import { KVM_RULES, type KvmKernel, type KvmRules } from '../kvm/rules.ts';
import type { Process } from '../linux/process.ts';
import { linux } from '../linux/versions.ts';
import type { Frame } from '../machine/memory.ts';
import type { Owner } from '../trace.ts';

/** Bit 2 of the flags of KVM_CREATE_GUEST_MEMFD in this series. */
export const GUEST_MEMFD_FLAG_NO_DIRECT_MAP = 4;

const RULES = KVM_RULES['6.18.44'] as KvmRules;

/** 6.18.44 with the series. */
export const noDirectMapV8: KvmKernel = {
  ...linux('6.18.44'),
  name: 'guest_memfd without the direct map, v8 of 2025-12-05',
  version: 'no direct map v8',
  evidence: 'posting',
  source: '20251205165743.9341-1-kalyazin@amazon.com, as Firecracker carries it on a 6.18 kernel',
  kvm: {
    ...RULES,
    guest_memfd_flags: RULES.guest_memfd_flags | GUEST_MEMFD_FLAG_NO_DIRECT_MAP,
    numa_policy: 'of the file',
  },
};

/** A file whose pages leave the direct map when the first mapping of them is made. */
class HiddenFile extends GuestMemfd {
  constructor(vm: KvmVm, size: bigint, flags: number, uid: number) {
    super(vm, size, flags, uid);
    this.inode.noDirectMap = true;
  }

  override owner(page: number): Owner {
    return this.inode.page(page)?.frame.inDirectMap === false ? 'K' : super.owner(page);
  }

  override page(index: number): Frame | Errno {
    const frame = super.page(index);
    if (!(frame instanceof Errno)) this.#hide(frame, index);
    return frame;
  }

  override fault(page: number): string | undefined {
    const refused = super.fault(page);
    const found = refused === undefined ? this.inode.obtain(page) : undefined;
    if (found !== undefined) this.#hide(found.frame, page);
    return refused;
  }

  #hide(frame: Frame, index: number): void {
    if (!frame.inDirectMap) return;
    frame.inDirectMap = false;
    this.inode.pageChanges++;
    this.vm.host.note(`page ${index} of ${this.inode.label} out of the direct map`);
  }
}

/** A VM whose files may leave the direct map. */
export class NoDirectMapVm extends KvmVm {
  protected override guestMemfdFlags(): number {
    const refused = this.type === KVM_X86_SNP_VM || this.type === KVM_X86_TDX_VM;
    return super.guestMemfdFlags() | (refused ? 0 : GUEST_MEMFD_FLAG_NO_DIRECT_MAP);
  }

  protected override makeFile(size: bigint, flags: number, uid: number): GuestMemfd {
    const hidden = (flags & GUEST_MEMFD_FLAG_NO_DIRECT_MAP) !== 0;
    return hidden ? new HiddenFile(this, size, flags, uid) : super.makeFile(size, flags, uid);
  }
}

/** ioctl KVM_CREATE_VM on a kernel with the series. */
export const kvm_create_vm = (process: Process, name: string, type: number = KVM_X86_DEFAULT_VM): NoDirectMapVm =>
  process.host.step(process.name, 'kvm_create_vm', [name], () => new NoDirectMapVm(process, name, type));
