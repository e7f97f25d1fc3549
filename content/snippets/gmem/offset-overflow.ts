/** An offset near the largest number: one kernel adds with a sign, two without. */
import { Host, type Kernel, KVM_MEM_GUEST_MEMFD, KVM_X86_SW_PROTECTED_VM, KvmVm, linux, PAGE } from 'unmapped';

function bind(kernel: Kernel) {
  const host = new Host(kernel);
  const qemu = host.process('qemu');
  const vm = new KvmVm(qemu, 'vm', KVM_X86_SW_PROTECTED_VM);
  const guest_memfd = vm.kvm_create_guest_memfd(4 * PAGE);
  return vm.kvm_set_user_memory_region2({
    slot: 0,
    flags: KVM_MEM_GUEST_MEMFD,
    guest_phys_addr: 0,
    memory_size: 4 * PAGE,
    guest_memfd,
    // The last page below 2^63: with four pages added the sum is negative
    // as a signed number, and so not behind the end of the file.
    guest_memfd_offset: 2n ** 63n - 4096n,
  });
}

bind(linux('6.12.117')); // → -EINVAL
bind(linux('6.18.44')); // → 0
bind(linux('7.3.4')); // → -EINVAL
