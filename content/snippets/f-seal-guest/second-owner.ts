/** One owner per file: nobody and a second VM are refused. */
import { F_ADD_SEALS, Host, MFD_ALLOW_SEALING, PAGE } from 'unmapped';
import { F_SEAL_GUEST, fSealGuestV2, kvm_create_vm, memfd_register_guest } from 'unmapped/proposals/f-seal-guest';

const host = new Host(fSealGuestV2);
const qemu = host.process('qemu');
const fd = qemu.memfd_create('guest-ram', MFD_ALLOW_SEALING);
qemu.fcntl(fd, F_ADD_SEALS, F_SEAL_GUEST); // → 0
qemu.ftruncate(fd, 2 * PAGE); // → 0
const region = { slot: 0, guest_phys_addr: 0, memory_size: 2 * PAGE, private_fd: fd };

// A file cannot be owned by nobody.
const ops = { invalidate_page_range() {}, fallocate() {} };
memfd_register_guest(host, qemu.file(fd), null, ops); // → -EINVAL

// The first VM becomes the owner; asking again is fine.
const first = kvm_create_vm(qemu, 'first');
first.kvm_set_user_memory_region_ext(region); // → 0
first.kvm_set_user_memory_region_ext(region); // → 0

// Any other owner is refused, in this process or another.
const second = kvm_create_vm(qemu, 'second');
second.kvm_set_user_memory_region_ext(region); // → -EPERM
