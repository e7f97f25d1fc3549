/** KVM_PRE_FAULT_MEMORY: pages of a private range are mapped before the guest has touched them. */
import { Host, KVM_MEM_GUEST_MEMFD, KVM_X86_SW_PROTECTED_VM, KvmVm, linux, PAGE } from 'unmapped';

for (const version of ['6.8', '6.11', '6.12.117']) {
  const qemu = new Host(linux(version)).process('qemu');
  const vm = new KvmVm(qemu, 'vm', KVM_X86_SW_PROTECTED_VM);
  const fd = vm.kvm_create_guest_memfd(2 * PAGE);
  vm.kvm_set_user_memory_region2({
    slot: 0,
    flags: KVM_MEM_GUEST_MEMFD,
    guest_phys_addr: 0,
    memory_size: 2 * PAGE,
    guest_memfd: fd,
  });
  vm.kvm_set_memory_attributes({ address: 0, size: 2 * PAGE, attributes: 8 });

  vm.kvm_pre_fault_memory(0, 2 * PAGE); // → -ENOTTY, 0, 0 (×3)
  vm.stage2.entries().length; // → 0, 2, 2 (×3)
  vm.kvm_pre_fault_memory(16 * PAGE, PAGE); // → -ENOTTY, -ENOENT, -ENOENT (×3)
}
