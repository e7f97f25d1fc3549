/**
 * One memory, several VMs: KVM_LINK_GUEST_MEMFD, RFC of 2023-08-07 (cover.1691446946.git.ackerleytng@google.com) and RFC v2 of
 * 2025-05-16 (cover.1747368092.git.afranji@google.com), for handing a guest from one VM structure to another on one host. Posted;
 * not seen merged as of 2026-11-20.
 *
 * The ioctl of the second VM takes a guest_memfd of the first and returns a new file on the same inode: pages belong to the
 * inode, bindings to the file. Its errors are those of the posted test
 * (1ade7750adbfe39ca5b8e074ad5edb37a7bc7e54.1747368092.git.afranji@google.com). The posting stands on guest_memfd v11; here the
 * rest is as in 6.18.44. Left out: KVM_CAP_VM_MOVE_ENC_CONTEXT_FROM, which moves the attributes of the pages, and what keeps two
 * VMs from running on the memory at once, which the series leaves to user space.
 */
import { Errno, type Result } from '../errno.ts';
import { KVM_X86_SW_PROTECTED_VM } from '../kvm/constants.ts';
import { GuestMemfd } from '../kvm/guest-memfd.ts';
import { KvmVm } from '../kvm/kvm-vm.ts';
import { KVM_RULES, type KvmKernel, type KvmRules } from '../kvm/rules.ts';
import { NotRead } from '../linux/notread.ts';
import type { Process } from '../linux/process.ts';
import { linux } from '../linux/versions.ts';
import { unsigned, type WordIn } from '../linux/words.ts';
import { show } from '../show.ts';

/** 6.18.44 with the ioctl. */
export const linkGuestMemfdV2: KvmKernel = {
  ...linux('6.18.44'),
  name: 'KVM_LINK_GUEST_MEMFD, RFC v2 of 2025-05-16',
  version: 'link RFC v2',
  evidence: 'posting',
  source: 'cover.1691446946.git.ackerleytng@google.com, cover.1747368092.git.afranji@google.com',
  kvm: KVM_RULES['6.18.44'] as KvmRules,
};

/** A VM that can take over the memory of another one. */
export class LinkVm extends KvmVm {
  /**
   * ioctl KVM_LINK_GUEST_MEMFD: a descriptor of a new file of this VM on the inode of `fd`. Errors: EINVAL (no such descriptor,
   * not a guest_memfd, any flag). Throws NotRead for a file of this VM: the posted test gives such a call a flag as well.
   */
  kvm_link_guest_memfd(fd: Result, flags: WordIn = 0): Result {
    return this.step('kvm_link_guest_memfd', [show(fd), show(flags)], () => {
      if (unsigned(flags) !== 0n) return new Errno('EINVAL', 'No flag is defined.');
      const file = this.process.file(fd);
      if (file instanceof Errno) return new Errno('EINVAL', 'There is no file behind this descriptor.');
      const source = file.object;
      if (!(source instanceof GuestMemfd)) return new Errno('EINVAL', 'The descriptor is not a guest_memfd.');
      if (source.vm === this) throw new NotRead('Whether a VM may link its own file was not read.');
      const view = new GuestMemfd(this, source.inode.size, source.flags, this.process.uid, source);
      this.host.touch(view.inode);
      return this.process.install(view.file);
    });
  }
}

/** ioctl KVM_CREATE_VM on a kernel with the ioctl. */
export const kvm_create_vm = (process: Process, name: string, type: number = KVM_X86_SW_PROTECTED_VM): LinkVm =>
  process.host.step(process.name, 'kvm_create_vm', [name], () => new LinkVm(process, name, type));
