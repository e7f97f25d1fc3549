/** v6 refuses what shmem can do; v8 is a file that cannot do it. */
import { Host, MAP_SHARED, PAGE, PROT_READ } from 'unmapped';
import { inaccessibleV6, inaccessibleV8, MFD_INACCESSIBLE } from 'unmapped/proposals/inaccessible';

for (const kernel of [inaccessibleV6, inaccessibleV8]) {
  const host = new Host(kernel);
  const qemu = host.process('qemu');
  const fd = qemu.memfd_create('guest-ram', MFD_INACCESSIBLE);
  qemu.fallocate(fd, 0, 0, PAGE); // → 0, 0 (×2)
  qemu.write(fd, 'x'); // → -EPERM, -EINVAL (×2)
  qemu.read(fd, new Uint8Array(1)); // → -EPERM, -EINVAL (×2)
  qemu.mmap(0, PAGE, PROT_READ, MAP_SHARED, fd, 0); // → -EPERM, -ENODEV (×2)
}
