/** A creation flag, first as v3 posted it, then as v3 meant it. */
import { F_GET_SEALS, Host, MAP_SHARED, PAGE, PROT_READ } from 'unmapped';
import { inaccessibleV3, inaccessibleV3Meant, MFD_INACCESSIBLE } from 'unmapped/proposals/inaccessible';

for (const kernel of [inaccessibleV3, inaccessibleV3Meant]) {
  const host = new Host(kernel);
  const qemu = host.process('qemu');
  const fd = qemu.memfd_create('guest-ram', MFD_INACCESSIBLE);
  qemu.fallocate(fd, 0, 0, PAGE); // → 0, 0 (×2)

  // The posted line keeps only seals that were set before: F_SEAL_SEAL.
  qemu.fcntl(fd, F_GET_SEALS); // → 1, 33 (×2)
  qemu.pwrite(fd, 'secret', 0); // → 6, -EPERM (×2)
  qemu.mmap(0, PAGE, PROT_READ, MAP_SHARED, fd, 0); // → 0x7f0000000000, -EPERM (×2)
}
