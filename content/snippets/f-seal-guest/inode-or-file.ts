/** The owner belongs to the inode: every open file of it is bound. */
import { F_ADD_SEALS, F_GET_SEALS, Host, MFD_ALLOW_SEALING, O_RDWR, PAGE } from 'unmapped';
import { F_SEAL_GUEST, fSealGuestV2, kvm_create_vm } from 'unmapped/proposals/f-seal-guest';

const host = new Host(fSealGuestV2);
const qemu = host.process('qemu');
const fd = qemu.memfd_create('guest-ram', MFD_ALLOW_SEALING);
qemu.fcntl(fd, F_ADD_SEALS, F_SEAL_GUEST); // → 0
qemu.ftruncate(fd, PAGE); // → 0

// A second open file of the same inode, by way of /proc: it shows the same seal.
const again = qemu.open(`/proc/self/fd/${fd}`, O_RDWR);
qemu.fcntl(again, F_GET_SEALS) === F_SEAL_GUEST; // → true

// A VM registers through the first, another VM tries through the second.
const region = { slot: 0, guest_phys_addr: 0, memory_size: PAGE };
kvm_create_vm(qemu, 'one').kvm_set_user_memory_region_ext({ ...region, private_fd: fd }); // → 0
kvm_create_vm(qemu, 'two').kvm_set_user_memory_region_ext({ ...region, private_fd: again }); // → -EPERM
host.picture('two open files, one inode');
