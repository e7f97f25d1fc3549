/** Two sets of slots: the guest's access says which variant it wants. */
import { F_ADD_SEALS, Host, MAP_SHARED, MFD_ALLOW_SEALING, PAGE, PROT_READ, PROT_WRITE } from 'unmapped';
import { F_SEAL_GUEST, fdWithoutAddress, kvm_create_vm } from 'unmapped/proposals/fd-without-address';

const host = new Host(fdWithoutAddress);
const qemu = host.process('qemu');
const vm = kvm_create_vm(qemu, 'vm');

// Private memory: a file that was never mapped, and a slot that names it.
const fd = qemu.memfd_create('private', MFD_ALLOW_SEALING);
qemu.fcntl(fd, F_ADD_SEALS, F_SEAL_GUEST); // → 0
const region = { slot: 0, guest_phys_addr: 0, memory_size: 2 * PAGE };
vm.kvm_set_private_memory_region({ ...region, fd }); // → 0
vm.guest_store(0, 0x41); // → 0
vm.guest_load(0); // → 65

// Shared: the guest asks for a variant that is not there, and user space hears of it.
vm.guest_load(0, { private: false }); // → KVM_EXIT_MEMORY_ERROR { wants: shared, gpa: 0x0 }
vm.guest_load(0x8000, { private: false }); // → KVM_EXIT_MMIO { phys_addr: 0x8000 }

// KVM, emulating an instruction, looks at shared memory only.
vm.kvm_read_guest(0); // → -EFAULT

// User space converts: out of the private view, into the shared one.
vm.kvm_punch_private_memory(0, PAGE); // → 0
const shared = qemu.memfd_create('shared', 0);
qemu.ftruncate(shared, PAGE); // → 0
const userspace_addr = qemu.mmap(0, PAGE, PROT_READ | PROT_WRITE, MAP_SHARED, shared, 0);
vm.kvm_set_user_memory_region({ slot: 1, guest_phys_addr: 0, memory_size: PAGE, userspace_addr }); // → 0
vm.guest_store(0, 0x42, { private: false }); // → 0
qemu.load(userspace_addr); // → 66
vm.guest_load(0); // → KVM_EXIT_MEMORY_ERROR { wants: private, gpa: 0x0 }
