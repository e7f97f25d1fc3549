/** Seal and accessors are two things: the posted code lets KVM use a file that was never sealed. */
import { Host, MAP_SHARED, MFD_ALLOW_SEALING, PAGE, PROT_READ, PROT_WRITE } from 'unmapped';
import { callbacks, fSealGuestV2, kvm_create_vm } from 'unmapped/proposals/f-seal-guest';

const host = new Host(fSealGuestV2);
const qemu = host.process('qemu');

// No seal, so the VMM maps the file like any other.
const fd = qemu.memfd_create('guest-ram', MFD_ALLOW_SEALING);
qemu.fallocate(fd, 0, 0, PAGE); // → 0
const address = qemu.mmap(0, PAGE, PROT_READ | PROT_WRITE, MAP_SHARED, fd, 0);

// KVM registers all the same and takes its pages through the accessors.
const vm = kvm_create_vm(qemu, 'vm');
const region = { slot: 0, guest_phys_addr: 0, memory_size: PAGE, private_fd: fd };
vm.kvm_set_user_memory_region_ext(region); // → 0
vm.guest_store(0, 0x41); // → 0
callbacks(host); // → ['vm calls guest-ram: get_lock_pfn page 0', 'vm calls guest-ram: put_unlock_pfn page 0']

// Guest and VMM share the page, as an ordinary VM wants it.
qemu.load(address); // → 65
qemu.store(address, 0x42); // → 0
vm.guest_load(0); // → 66
