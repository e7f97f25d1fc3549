/** A system call for one kind of file: no flags, no reading, no writing, no mapping. */
import { F_GET_SEALS, Host, MAP_SHARED, PAGE, PROT_READ } from 'unmapped';
import { memfd_restricted, restrictedV10 } from 'unmapped/proposals/restricted';

const host = new Host(restrictedV10);
const qemu = host.process('qemu');
memfd_restricted(qemu, 1); // → -EINVAL
const fd = memfd_restricted(qemu, 0);

// The size is set once, in whole pages.
qemu.ftruncate(fd, 100); // → -EINVAL
qemu.ftruncate(fd, 2 * PAGE); // → 0
qemu.ftruncate(fd, PAGE); // → -EPERM

// Nothing that a memfd can do is there to be refused.
qemu.write(fd, 'x'); // → -EINVAL
qemu.read(fd, new Uint8Array(1)); // → -EINVAL
qemu.mmap(0, PAGE, PROT_READ, MAP_SHARED, fd, 0); // → -ENODEV
qemu.fcntl(fd, F_GET_SEALS); // → -EINVAL
