/** Nothing unregisters, and an owner is an address: who comes next depends on the allocator. */
import { F_ADD_SEALS, Host, MFD_ALLOW_SEALING, PAGE } from 'unmapped';
import { F_SEAL_GUEST, fSealGuestV2, kvm_create_vm } from 'unmapped/proposals/f-seal-guest';

const host = new Host(fSealGuestV2);
const qemu = host.process('qemu');
const fd = qemu.memfd_create('guest-ram', MFD_ALLOW_SEALING);
qemu.fcntl(fd, F_ADD_SEALS, F_SEAL_GUEST); // → 0
qemu.fallocate(fd, 0, 0, PAGE); // → 0
const region = { slot: 0, guest_phys_addr: 0, memory_size: PAGE, private_fd: fd };

// The VM that owns the memory is to be replaced by another, with the memory kept.
const old = kvm_create_vm(qemu, 'old');
old.kvm_set_user_memory_region_ext(region); // → 0
old.guest_store(0, 0x41); // → 0

// Made before the old one ends, the new VM has an address of its own, and is refused for good.
const early = kvm_create_vm(qemu, 'early');
old.close();
early.kvm_set_user_memory_region_ext(region); // → -EPERM

// Made afterwards, it happens to get the dead VM's address, and the file takes it for its owner.
const late = kvm_create_vm(qemu, 'late');
late.kvm_set_user_memory_region_ext(region); // → 0
late.guest_load(0); // → 65
