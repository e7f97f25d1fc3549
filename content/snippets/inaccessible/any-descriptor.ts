/** v8 as posted does not look at the kind of file: a plain memfd in the slot makes the kernel follow a list that is not there. */
import { Host, MFD_ALLOW_SEALING, PAGE } from 'unmapped';
import { inaccessibleV6, inaccessibleV8, kvm_create_vm } from 'unmapped/proposals/inaccessible';

for (const kernel of [inaccessibleV6, inaccessibleV8]) {
  const qemu = new Host(kernel).process('qemu');
  const plain = qemu.memfd_create('plain', MFD_ALLOW_SEALING);
  const secret = qemu.memfd_secret(0);
  const vm = kvm_create_vm(qemu, 'vm');
  const region = { slot: 0, guest_phys_addr: 0, memory_size: PAGE };
  vm.kvm_set_user_memory_region_ext({ ...region, private_fd: plain }); // → 0, oops (×2)
  vm.kvm_set_user_memory_region_ext({ ...region, slot: 1, guest_phys_addr: PAGE, private_fd: secret }); // → -EOPNOTSUPP, oops (×2)
}
