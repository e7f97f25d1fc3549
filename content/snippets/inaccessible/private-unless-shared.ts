/** v8 asks the VMM instead of the file: every page is private until an ioctl says that it is shared. */
import { FALLOC_FL_KEEP_SIZE, FALLOC_FL_PUNCH_HOLE, Host, PAGE } from 'unmapped';
import { inaccessibleV8, kvm_create_vm, MFD_INACCESSIBLE } from 'unmapped/proposals/inaccessible';

const qemu = new Host(inaccessibleV8).process('qemu');
const fd = qemu.memfd_create('guest-ram', MFD_INACCESSIBLE);
qemu.ftruncate(fd, PAGE); // → 0
const vm = kvm_create_vm(qemu, 'vm');
vm.kvm_set_user_memory_region_ext({ slot: 0, guest_phys_addr: 0, memory_size: PAGE, private_fd: fd }); // → 0

// Nothing was allocated: the guest's touch does it.
vm.guest_store(0, 0x41); // → 0

// A hole takes the page, and changes nothing about whose it is.
qemu.fallocate(fd, FALLOC_FL_PUNCH_HOLE | FALLOC_FL_KEEP_SIZE, 0, PAGE); // → 0
vm.guest_load(0); // → 0

vm.kvm_memory_encrypt_unreg_region(0, PAGE); // → 0
vm.guest_load(0); // → KVM_EXIT_MEMORY_FAULT { flags: PRIVATE, gpa: 0x0, size: 4096 }
