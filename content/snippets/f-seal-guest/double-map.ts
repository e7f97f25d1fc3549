/** A hostile VMM swaps the page under its guest, maps it twice, and lends it to a second guest. */
import { F_ADD_SEALS, Host, MAP_FIXED, MAP_SHARED, MFD_ALLOW_SEALING, PAGE, PROT_READ, PROT_WRITE } from 'unmapped';
import { F_SEAL_GUEST, fSealGuestV2, kvm_create_vm } from 'unmapped/proposals/f-seal-guest';

const host = new Host(fSealGuestV2);
const qemu = host.process('qemu');
const rw = PROT_READ | PROT_WRITE;

// part: address
// Memory by user address: what the address shows is up to the VMM, at any moment.
const ram = qemu.memfd_create('ram', MFD_ALLOW_SEALING);
const other = qemu.memfd_create('other', MFD_ALLOW_SEALING);
qemu.ftruncate(ram, PAGE);
qemu.ftruncate(other, PAGE);
const address = qemu.mmap(0, PAGE, rw, MAP_SHARED, ram, 0);
const old = kvm_create_vm(qemu, 'old');
const slot = { slot: 0, guest_phys_addr: 0, memory_size: PAGE };
old.kvm_set_user_memory_region({ ...slot, userspace_addr: address }); // → 0
old.guest_store(0, 0x41); // → 0
qemu.mmap(address, PAGE, rw, MAP_SHARED | MAP_FIXED, other, 0) === address; // → true
old.guest_load(0); // → 0
// end: address

// part: file
// Memory by file: there is no address to remap, and a second guest is refused.
const fd = qemu.memfd_create('guest-ram', MFD_ALLOW_SEALING);
qemu.fcntl(fd, F_ADD_SEALS, F_SEAL_GUEST); // → 0
qemu.fallocate(fd, 0, 0, PAGE); // → 0
const vm = kvm_create_vm(qemu, 'vm');
const region = { slot: 0, guest_phys_addr: 0, memory_size: PAGE, private_fd: fd };
vm.kvm_set_user_memory_region_ext(region); // → 0
vm.guest_store(0, 0x41); // → 0
qemu.mmap(0, PAGE, rw, MAP_SHARED, fd, 0); // → -EPERM
const thief = kvm_create_vm(qemu, 'thief');
thief.kvm_set_user_memory_region_ext(region); // → -EPERM
thief.guest_load(0); // → KVM_EXIT_MMIO { phys_addr: 0x0 }
vm.guest_load(0); // → 65

// What the posted code does not check: one page at two addresses of the same guest.
vm.kvm_set_user_memory_region_ext({ ...region, slot: 1, guest_phys_addr: 0x8000 }); // → 0
vm.guest_store(0x8000, 0x66); // → 0
vm.guest_load(0); // → 102
// end: file
