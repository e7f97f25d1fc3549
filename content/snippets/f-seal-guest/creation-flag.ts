/** A flag of memfd_create: the file is guest memory from its first moment, or never. */
import { F_ADD_SEALS, Host, MAP_SHARED, MFD_ALLOW_SEALING, PAGE, PROT_READ } from 'unmapped';
import { F_SEAL_GUEST, kvm_create_vm, MFD_GUEST, mfdGuest } from 'unmapped/proposals/f-seal-guest';

const host = new Host(mfdGuest);
const qemu = host.process('qemu');

// Nobody can have mapped it, filled it or sealed it before.
const fd = qemu.memfd_create('guest-ram', MFD_GUEST);
qemu.fallocate(fd, 0, 0, PAGE); // → 0
qemu.pwrite(fd, 'x', 0); // → -EPERM
qemu.mmap(0, PAGE, PROT_READ, MAP_SHARED, fd, 0); // → -EPERM
const vm = kvm_create_vm(qemu, 'vm');
const region = { slot: 0, guest_phys_addr: 0, memory_size: PAGE, private_fd: fd };
vm.kvm_set_user_memory_region_ext(region); // → 0
vm.guest_store(0, 0x41); // → 0

// It takes no seals, as v3 had it, and no other file can be turned into one.
qemu.memfd_create('both', MFD_GUEST | MFD_ALLOW_SEALING); // → -EINVAL
const plain = qemu.memfd_create('plain', MFD_ALLOW_SEALING);
qemu.fcntl(plain, F_ADD_SEALS, F_SEAL_GUEST); // → -EINVAL
