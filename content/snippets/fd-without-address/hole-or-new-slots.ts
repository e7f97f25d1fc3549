/** Sharing one page in the middle: by a hole, or by deleting the slot and making three. */
import { F_ADD_SEALS, Host, MFD_ALLOW_SEALING, PAGE } from 'unmapped';
import { F_SEAL_GUEST, fdWithoutAddress, kvm_create_vm } from 'unmapped/proposals/fd-without-address';

const host = new Host(fdWithoutAddress);
const qemu = host.process('qemu');
const fd = qemu.memfd_create('private', MFD_ALLOW_SEALING);
qemu.fcntl(fd, F_ADD_SEALS, F_SEAL_GUEST); // → 0
const region = { slot: 0, guest_phys_addr: 0, memory_size: 3 * PAGE, fd };
const vm = kvm_create_vm(qemu, 'vm');
vm.kvm_set_private_memory_region(region); // → 0
vm.guest_store(0, 0x41); // → 0
vm.guest_store(PAGE, 0x42); // → 0

// A hole takes one page, and with it what the page held; its neighbor keeps its byte.
vm.kvm_punch_private_memory(PAGE, PAGE); // → 0
vm.guest_load(0); // → 65
vm.guest_load(PAGE); // → KVM_EXIT_MEMORY_ERROR { wants: private, gpa: 0x1000 }

// Without such an ioctl the slot has to be deleted and made anew around the page.
vm.kvm_set_private_memory_region({ ...region, memory_size: 0 }); // → 0
vm.kvm_set_private_memory_region({ ...region, memory_size: PAGE }); // → 0
vm.guest_load(0); // → 0
