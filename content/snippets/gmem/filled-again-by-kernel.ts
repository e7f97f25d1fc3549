/** kvm_gmem_populate of a page that was filled before: refused while guest_memfd kept the record, allowed since 7.0 dropped it. */
import { Host, KVM_MEM_GUEST_MEMFD, KVM_X86_SW_PROTECTED_VM, KvmVm, linux, PAGE } from 'unmapped';

for (const version of ['6.11', '6.18.44', '01f492e1817e', '7.3.4']) {
  const qemu = new Host(linux(version)).process('qemu');
  const vm = new KvmVm(qemu, 'vm', KVM_X86_SW_PROTECTED_VM);
  const fd = vm.kvm_create_guest_memfd(PAGE);
  const slot = { slot: 0, flags: KVM_MEM_GUEST_MEMFD, guest_phys_addr: 0, memory_size: PAGE, guest_memfd: fd };
  vm.kvm_set_user_memory_region2(slot);
  vm.kvm_set_memory_attributes({ address: 0, size: PAGE, attributes: 8 });
  vm.kvm_gmem_populate(0, 'firmware', 1); // → 1, 1, 1, 1 (×4)
  vm.kvm_gmem_populate(0, 'something else', 1); // → -EEXIST, -EEXIST, 1, 1 (×4)
}
