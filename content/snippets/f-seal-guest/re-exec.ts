/** The VMM re-executes itself: an address dies with its address space, a file does not. */
import { F_ADD_SEALS, Host, MAP_SHARED, MFD_ALLOW_SEALING, PAGE, PROT_READ, PROT_WRITE } from 'unmapped';
import { F_SEAL_GUEST, fSealGuestV2, mdev_map, vfio_open } from 'unmapped/proposals/f-seal-guest';

const host = new Host(fSealGuestV2);
const qemu = host.process('qemu');

// Today: a mediated device knows a user address and pins pages only when it needs them.
const ordinary = qemu.memfd_create('mapped-ram', MFD_ALLOW_SEALING);
qemu.write(ordinary, 'A'); // → 1
const address = qemu.mmap(0, PAGE, PROT_READ | PROT_WRITE, MAP_SHARED, ordinary, 0);
const mdev = mdev_map(qemu, 'mdev', address);
mdev.dma_read(0); // → 65

// As argued: a device is tied to the file, which has no address anywhere.
const fd = qemu.memfd_create('guest-ram', MFD_ALLOW_SEALING);
qemu.fcntl(fd, F_ADD_SEALS, F_SEAL_GUEST); // → 0
qemu.fallocate(fd, 0, 0, PAGE); // → 0
const nic = vfio_open(qemu, 'nic');
nic.map_file(0, fd, 0, PAGE); // → 0
nic.dma_write(0, 0x42); // → 0

// A new version of QEMU is started in place of the old one.
qemu.execve('qemu-new');
mdev.dma_read(0); // → -EFAULT
nic.dma_read(0); // → 66
