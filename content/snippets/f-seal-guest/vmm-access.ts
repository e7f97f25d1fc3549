/** A VMM that emulates a device needs its guest's memory; KVM, for its clock, does too. */
import { F_ADD_SEALS, Host, MAP_SHARED, MFD_ALLOW_SEALING, PAGE, PROT_READ, PROT_WRITE } from 'unmapped';
import { callbacks, F_SEAL_GUEST, fSealGuestV2, kvm_create_vm } from 'unmapped/proposals/f-seal-guest';

const host = new Host(fSealGuestV2);
const qemu = host.process('qemu');
const fd = qemu.memfd_create('guest-ram', MFD_ALLOW_SEALING);
qemu.fcntl(fd, F_ADD_SEALS, F_SEAL_GUEST); // → 0
qemu.fallocate(fd, 0, 0, PAGE); // → 0
const bounce = qemu.memfd_create('shared-ram', MFD_ALLOW_SEALING);
qemu.ftruncate(bounce, PAGE); // → 0
const vm = kvm_create_vm(qemu, 'vm');
const region = { slot: 0, guest_phys_addr: 0, memory_size: PAGE, fd: bounce, private_fd: fd };
vm.kvm_set_user_memory_region_ext(region); // → 0

// The guest puts a request into its memory; the VMM cannot get at it, not even for a moment.
vm.guest_store(0, 0x41); // → 0
qemu.pread(fd, new Uint8Array(1), 0); // → -EPERM
qemu.mmap(0, PAGE, PROT_READ | PROT_WRITE, MAP_SHARED, fd, 0); // → -EPERM

// KVM itself can, by taking the page, mapping it for the moment and putting it back.
callbacks(host).length; // → 2
vm.kvm_write_guest(0x10, 0x55); // → 0
callbacks(host); // → ['vm calls guest-ram: get_lock_pfn page 0', 'vm calls guest-ram: put_unlock_pfn page 0']
vm.guest_load(0x10); // → 85
