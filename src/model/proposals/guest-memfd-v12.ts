/**
 * guest_memfd as posted in v12 of 2023-09-13 (20230914015531.1419405-1-seanjc@google.com), for one thing that the fixes of
 * 2023-09-21 (20230921203331.3746712-1-seanjc@google.com) name: a hole punch took the pages out of the guest and did not take
 * them out of the file.
 *
 * Everything else is as in KVM of 6.8, the first release, and files in memory as in 6.12.117. Left out: other differences of the
 * posting (size 0 was accepted, a flag for huge pages, the names of the slot's fields).
 */
import type { Errno } from '../errno.ts';
import { KVM_X86_SW_PROTECTED_VM } from '../kvm/constants.ts';
import { GuestMemfd } from '../kvm/guest-memfd.ts';
import { KvmVm } from '../kvm/kvm-vm.ts';
import { KVM_RULES, type KvmKernel, type KvmRules } from '../kvm/rules.ts';
import { FALLOC_FL_KEEP_SIZE, FALLOC_FL_PUNCH_HOLE } from '../linux/constants.ts';
import type { Process } from '../linux/process.ts';
import { linux } from '../linux/versions.ts';
import { PAGE_N, pageOf } from '../linux/words.ts';

/** guest_memfd, v12 of 2023-09-13. */
export const guestMemfdV12: KvmKernel = {
  ...linux('6.12.117'),
  name: 'guest_memfd, v12 of 2023-09-13',
  version: 'guest_memfd v12',
  evidence: 'posting',
  source: '20230914015531.1419405-1-seanjc@google.com, as its fixes describe it',
  kvm: KVM_RULES['6.8'] as KvmRules,
};

/** A file whose holes are holes for the guest only. */
class ZappedOnly extends GuestMemfd {
  override fallocate(mode: number, offset: bigint, length: bigint): 0 | Errno {
    if ((mode & FALLOC_FL_PUNCH_HOLE) === 0) return super.fallocate(mode, offset, length);
    if (offset % PAGE_N !== 0n || length % PAGE_N !== 0n || (mode & FALLOC_FL_KEEP_SIZE) === 0) {
      return super.fallocate(mode, offset, length);
    }
    this.invalidate(pageOf(offset), pageOf(offset + length));
    return 0;
  }
}

/** A VM whose files punch as in v12. */
export class V12Vm extends KvmVm {
  protected override makeFile(size: bigint, flags: number, uid: number): GuestMemfd {
    return new ZappedOnly(this, size, flags, uid);
  }
}

/** ioctl KVM_CREATE_VM of a VM with private memory. */
export const kvm_create_vm = (process: Process, name: string): V12Vm =>
  process.host.step(process.name, 'kvm_create_vm', [name], () => new V12Vm(process, name, KVM_X86_SW_PROTECTED_VM));
