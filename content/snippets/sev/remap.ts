/** The host decides which page stands behind a guest address, and the key does not mind. */
import { at, KVM_X86_SEV_VM, kvm_create_sev_vm, MAP_SHARED, PAGE, PROT_READ, PROT_WRITE, sevHost, sevKernel } from 'unmapped';

const host = sevHost(sevKernel('6.16.1'));
const qemu = host.process('qemu');
const fd = qemu.memfd_create('guest-ram', 0);
qemu.ftruncate(fd, 2 * PAGE); // → 0
const address = qemu.mmap(0, 2 * PAGE, PROT_READ | PROT_WRITE, MAP_SHARED, fd, 0);
const vm = kvm_create_sev_vm(qemu, 'vm', KVM_X86_SEV_VM);
const slot = (id: number, gpa: number, page: number) => ({
  slot: id,
  guest_phys_addr: gpa,
  memory_size: PAGE,
  userspace_addr: at(address, page * PAGE),
});
vm.kvm_set_user_memory_region(slot(0, 0, 0)); // → 0
vm.kvm_set_user_memory_region(slot(1, PAGE, 1)); // → 0
vm.kvm_sev_init2(); // → 0
vm.kvm_sev_launch_start(); // → 0

// A page that a server inside the guest sends out, and a page with a secret.
vm.guest_store(0, 0x50); // → 0
vm.guest_store(PAGE, 0x53); // → 0

// The VMM exchanges the pages behind the two guest addresses. Their bytes stay where they are in the machine.
vm.kvm_set_user_memory_region({ ...slot(0, 0, 0), memory_size: 0 }); // → 0
vm.kvm_set_user_memory_region({ ...slot(1, PAGE, 1), memory_size: 0 }); // → 0
vm.kvm_set_user_memory_region(slot(0, 0, 1)); // → 0
vm.kvm_set_user_memory_region(slot(1, PAGE, 0)); // → 0

// The server sends the secret, and does not notice.
vm.guest_load(0); // → 83
