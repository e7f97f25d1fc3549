/** Two VMs on one unencrypted file: it works, and each writes into the other. */
import { F_ADD_SEALS, Host, MFD_ALLOW_SEALING, PAGE } from 'unmapped';
import { F_SEAL_GUEST, fSealGuestManyUsers, kvm_create_vm } from 'unmapped/proposals/f-seal-guest';

const host = new Host(fSealGuestManyUsers);
const qemu = host.process('qemu');
const fd = qemu.memfd_create('guest-ram', MFD_ALLOW_SEALING);
qemu.fcntl(fd, F_ADD_SEALS, F_SEAL_GUEST); // → 0
qemu.fallocate(fd, 0, 0, PAGE); // → 0

const region = { slot: 0, guest_phys_addr: 0, memory_size: PAGE, private_fd: fd };
const left = kvm_create_vm(qemu, 'left');
const right = kvm_create_vm(qemu, 'right');
left.kvm_set_user_memory_region_ext(region); // → 0
right.kvm_set_user_memory_region_ext(region); // → 0

// Nothing encrypts the page, so both see the same bytes.
left.guest_store(0, 0x41); // → 0
right.guest_load(0); // → 65
right.guest_store(0, 0x42); // → 0
left.guest_load(0); // → 66
