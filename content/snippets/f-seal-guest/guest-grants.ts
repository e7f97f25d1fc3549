/** The guest owns its memory: a device, or another VM, gets in only if the guest admits it. */
import { F_ADD_SEALS, Host, MFD_ALLOW_SEALING, PAGE } from 'unmapped';
import { F_SEAL_GUEST, fSealGuestAdmits, kvm_create_vm, vfio_open } from 'unmapped/proposals/f-seal-guest';

const host = new Host(fSealGuestAdmits);
const qemu = host.process('qemu');
const fd = qemu.memfd_create('guest-ram', MFD_ALLOW_SEALING);
qemu.fcntl(fd, F_ADD_SEALS, F_SEAL_GUEST); // → 0
qemu.fallocate(fd, 0, 0, PAGE); // → 0
const region = { slot: 0, guest_phys_addr: 0, memory_size: PAGE, private_fd: fd };
const vm = kvm_create_vm(qemu, 'vm');
vm.kvm_set_user_memory_region_ext(region); // → 0
vm.guest_store(0, 0x41); // → 0

// The VMM cannot let a device in by itself. (A sketch: no message says how, or names an errno; the model says -EPERM.)
const nic = vfio_open(qemu, 'nic');
nic.map_file(0, fd, 0, PAGE); // → -EPERM

// The guest can.
vm.guest_admits(nic); // → 0
nic.map_file(0, fd, 0, PAGE); // → 0
nic.dma_read(0); // → 65

// That says nothing about anybody else.
kvm_create_vm(qemu, 'other').kvm_set_user_memory_region_ext(region); // → -EPERM
