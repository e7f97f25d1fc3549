/** The seal goes only on an empty, unmapped file, and then shuts user space out. */
import { F_ADD_SEALS, Host, MAP_SHARED, MFD_ALLOW_SEALING, PAGE, PROT_READ } from 'unmapped';
import { F_SEAL_GUEST, fSealGuestV2 } from 'unmapped/proposals/f-seal-guest';

const host = new Host(fSealGuestV2);
const qemu = host.process('qemu');
const fd = qemu.memfd_create('guest-ram', MFD_ALLOW_SEALING);

// The file has to be empty: one page of size is enough for a refusal.
qemu.ftruncate(fd, PAGE); // → 0
qemu.fcntl(fd, F_ADD_SEALS, F_SEAL_GUEST); // → -EBUSY
qemu.ftruncate(fd, 0); // → 0
qemu.fcntl(fd, F_ADD_SEALS, F_SEAL_GUEST); // → 0

// Sealed, it gets its size and its pages.
qemu.ftruncate(fd, 2 * PAGE); // → 0
qemu.fallocate(fd, 0, 0, 2 * PAGE); // → 0

// User space is shut out.
qemu.write(fd, 'secret'); // → -EPERM
qemu.pread(fd, new Uint8Array(8), 0); // → -EPERM
qemu.mmap(0, PAGE, PROT_READ, MAP_SHARED, fd, 0); // → -EPERM

// The size still follows user space, in whole pages.
qemu.ftruncate(fd, PAGE + 1); // → -EINVAL
qemu.ftruncate(fd, PAGE); // → 0
