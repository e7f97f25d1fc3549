/** The seal as a trap door: who is in stays in, nobody new gets in, whatever their kind. */
import { F_ADD_SEALS, Host, MAP_SHARED, MFD_ALLOW_SEALING, PAGE, PROT_READ } from 'unmapped';
import { F_SEAL_GUEST, fSealTrapDoor, kvm_create_vm, vfio_open } from 'unmapped/proposals/f-seal-guest';

const host = new Host(fSealTrapDoor);
const qemu = host.process('qemu');
const fd = qemu.memfd_create('guest-ram', MFD_ALLOW_SEALING);

// User space decides who belongs in, before it closes the door: a VM and a device.
const vm = kvm_create_vm(qemu, 'vm');
const nic = vfio_open(qemu, 'nic');
const region = { slot: 0, guest_phys_addr: 0, memory_size: PAGE, private_fd: fd };
vm.kvm_set_user_memory_region_ext(region); // → 0
nic.map_file(0, fd, 0, 0); // → 0
qemu.fcntl(fd, F_ADD_SEALS, F_SEAL_GUEST); // → 0
qemu.fallocate(fd, 0, 0, PAGE); // → 0

// Both go on, also with pages that did not exist at the time.
vm.guest_store(0, 0x41); // → 0
nic.map_file(0, fd, 0, PAGE); // → 0
nic.dma_read(0); // → 65

// No new access of any kind. (No message names an errno for the kernel's own users; the model says -EPERM.)
kvm_create_vm(qemu, 'late').kvm_set_user_memory_region_ext(region); // → -EPERM
vfio_open(qemu, 'late-nic').map_file(0, fd, 0, PAGE); // → -EPERM
qemu.mmap(0, PAGE, PROT_READ, MAP_SHARED, fd, 0); // → -EPERM
