/**
 * write() on a guest_memfd: "KVM: guest_memfd: add generic population via write", version 5 of 2025-11-14, read as Firecracker carries
 * it on a 6.18 kernel (patch 0060). Posted (a version 6 followed), not seen merged as of 2026-11-20.
 *
 * Whole pages at page boundaries, inside the file; the copy goes page by page, and what was done before a refusal counts.
 * There is no read(). Only VM types whose files can begin shared have the flag. The posted code has no check for private pages,
 * because such a file has none. Left out: what the combination with the removed direct map asks for.
 */
import { Errno } from '../errno.ts';
import { GUEST_MEMFD_FLAG_INIT_SHARED, KVM_X86_DEFAULT_VM } from '../kvm/constants.ts';
import { GuestMemfd } from '../kvm/guest-memfd.ts';
import { KvmVm } from '../kvm/kvm-vm.ts';
import { KVM_RULES, type KvmKernel, type KvmRules } from '../kvm/rules.ts';
import type { Process } from '../linux/process.ts';
import type { Bytes } from '../linux/usermemory.ts';
import { linux } from '../linux/versions.ts';
import { PAGE_N, pageOf } from '../linux/words.ts';
import { PAGE } from '../units.ts';

/** Bit 3 of the flags of KVM_CREATE_GUEST_MEMFD in this series. */
export const GUEST_MEMFD_FLAG_WRITE = 8;

const RULES = KVM_RULES['6.18.44'] as KvmRules;

/** 6.18.44 with the series. */
export const writePopulationV5: KvmKernel = {
  ...linux('6.18.44'),
  name: 'guest_memfd with write(), v5 of 2025-11-14',
  version: 'write v5',
  evidence: 'posting',
  source: 'patch 0060 of the kernel that Firecracker carries, 2025-11-14',
  kvm: { ...RULES, guest_memfd_flags: RULES.guest_memfd_flags | GUEST_MEMFD_FLAG_WRITE, numa_policy: 'of the file' },
};

/** Every file has the operation; without the flag it answers ENODEV. */
class WritableFile extends GuestMemfd {
  write(data: Bytes, offset: bigint): number | Errno {
    let done = 0;
    while (done < data.length) {
      const length = Math.min(PAGE, data.length - done);
      const refused = this.#page(data, offset + BigInt(done), done, length);
      if (refused !== undefined) return done > 0 ? done : refused;
      done += length;
    }
    this.vm.host.note(`${done} bytes written to ${this.inode.label} at ${offset}`);
    return done;
  }

  #page(data: Bytes, at: bigint, done: number, length: number): Errno | undefined {
    if ((this.flags & GUEST_MEMFD_FLAG_WRITE) === 0) {
      return new Errno('ENODEV', 'The file was made without GUEST_MEMFD_FLAG_WRITE.');
    }
    if (at + BigInt(length) > this.inode.size) return new Errno('EINVAL', 'The range ends behind the file.');
    if (at % PAGE_N !== 0n || length !== PAGE) return new Errno('EINVAL', 'Only whole pages can be written.');
    if (data.readable(done, length) < length) return new Errno('EFAULT', 'The buffer cannot be read.');
    const frame = this.obtain(pageOf(at));
    if (frame instanceof Errno) return frame;
    frame.write(0, data.copy(done, length));
    this.prepare(pageOf(at));
    return undefined;
  }
}

/** A VM whose files can be written. */
export class WritePopulationVm extends KvmVm {
  protected override guestMemfdFlags(): number {
    const flags = super.guestMemfdFlags();
    return (flags & GUEST_MEMFD_FLAG_INIT_SHARED) === 0 ? flags : flags | GUEST_MEMFD_FLAG_WRITE;
  }

  protected override makeFile(size: bigint, flags: number, uid: number): GuestMemfd {
    return new WritableFile(this, size, flags, uid);
  }
}

/** ioctl KVM_CREATE_VM on a kernel with the series. */
export const kvm_create_vm = (process: Process, name: string, type: number = KVM_X86_DEFAULT_VM): WritePopulationVm =>
  process.host.step(process.name, 'kvm_create_vm', [name], () => new WritePopulationVm(process, name, type));
