/** A file is paired with one guest, and nobody has an address for it. */
import { F_ADD_SEALS, Host, MAP_SHARED, MFD_ALLOW_SEALING, PAGE, PROT_READ } from 'unmapped';
import { F_SEAL_GUEST, fdWithoutAddress, kvm_create_vm } from 'unmapped/proposals/fd-without-address';

const host = new Host(fdWithoutAddress);
const qemu = host.process('qemu');
const fd = qemu.memfd_create('private', MFD_ALLOW_SEALING);
qemu.fcntl(fd, F_ADD_SEALS, F_SEAL_GUEST); // → 0
const region = { slot: 0, guest_phys_addr: 0, memory_size: PAGE, fd };

const vm = kvm_create_vm(qemu, 'vm');
vm.kvm_set_private_memory_region(region); // → 0
vm.guest_store(0, 0x41); // → 0

// No address: nothing to remap, to read or to copy from. (No errno is named for a second guest; the model says -EPERM.)
qemu.mmap(0, PAGE, PROT_READ, MAP_SHARED, fd, 0); // → -EPERM
const other = kvm_create_vm(qemu, 'other');
other.kvm_set_private_memory_region(region); // → -EPERM
other.guest_load(0); // → KVM_EXIT_MEMORY_ERROR { wants: private, gpa: 0x0 }
