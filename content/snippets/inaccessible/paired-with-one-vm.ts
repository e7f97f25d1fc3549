/** v3 pairs a file with one VM, and calls the exit for the other kind of page by its own name. */
import { Host, PAGE } from 'unmapped';
import { inaccessibleV3Meant, kvm_create_vm, MFD_INACCESSIBLE } from 'unmapped/proposals/inaccessible';

const qemu = new Host(inaccessibleV3Meant).process('qemu');
const fd = qemu.memfd_create('guest-ram', MFD_INACCESSIBLE);
qemu.ftruncate(fd, PAGE); // → 0

const region = { slot: 0, guest_phys_addr: 0, memory_size: PAGE, private_fd: fd };
const first = kvm_create_vm(qemu, 'first');
const second = kvm_create_vm(qemu, 'second');
first.kvm_set_user_memory_region_ext(region); // → 0
second.kvm_set_user_memory_region_ext(region); // → -EPERM

// A page that the file does not have is shared; the guest that wants it private leaves.
first.guest_load(0); // → KVM_EXIT_MEMORY_ERROR { type: KVM_EXIT_MEM_MAP_PRIVATE, gpa: 0x0, size: 4096 }
qemu.fallocate(fd, 0, 0, PAGE); // → 0
first.guest_load(0); // → 0
