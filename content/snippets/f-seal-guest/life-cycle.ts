/** User space allocates and frees the memory of the guest; the file tells KVM. */
import { F_ADD_SEALS, FALLOC_FL_KEEP_SIZE, FALLOC_FL_PUNCH_HOLE, Host, MFD_ALLOW_SEALING, PAGE } from 'unmapped';
import { callbacks, callPicture, F_SEAL_GUEST, fSealGuestV2, kvm_create_vm } from 'unmapped/proposals/f-seal-guest';

const host = new Host(fSealGuestV2);
const qemu = host.process('qemu');
const fd = qemu.memfd_create('guest-ram', MFD_ALLOW_SEALING);
qemu.fcntl(fd, F_ADD_SEALS, F_SEAL_GUEST); // → 0
qemu.ftruncate(fd, 4 * PAGE); // → 0

// KVM becomes the owner when the slot is made. No page exists yet.
const vm = kvm_create_vm(qemu, 'vm');
const region = { slot: 0, guest_phys_addr: 0, memory_size: 4 * PAGE, private_fd: fd };
vm.kvm_set_user_memory_region_ext(region); // → 0
vm.guest_store(0x1000, 0x41); // → KVM_EXIT_MEMORY_ERROR { type: KVM_EXIT_MEM_MAP_PRIVATE, gpa: 0x1000, size: 4096 }

// The guest's access ended in user space, which allocates the page. The file calls KVM, and KVM maps it.
qemu.fallocate(fd, 0, 0x1000, PAGE); // → 0
vm.guest_store(0x1000, 0x41); // → 0
vm.guest_load(0x1000); // → 65
callbacks(host); // → ['vm calls guest-ram: get_lock_pfn page 1', 'guest-ram calls vm: fallocate 1 to 2']

// Punched out, the page is gone for the guest as well.
qemu.fallocate(fd, FALLOC_FL_PUNCH_HOLE | FALLOC_FL_KEEP_SIZE, 0x1000, PAGE); // → 0
callbacks(host); // → ['guest-ram calls vm: invalidate_page_range 1 to 1']
vm.guest_load(0x1000); // → KVM_EXIT_MEMORY_ERROR { type: KVM_EXIT_MEM_MAP_PRIVATE, gpa: 0x1000, size: 4096 }

// Who called whom, from the first access to the last.
callPicture(host, 'KVM and the file');
