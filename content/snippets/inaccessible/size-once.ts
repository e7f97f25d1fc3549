/** The size of a private file: at any time in v3, once in v5. */
import { FALLOC_FL_KEEP_SIZE, FALLOC_FL_PUNCH_HOLE, Host, PAGE } from 'unmapped';
import { inaccessibleV3Meant, inaccessibleV5, MFD_INACCESSIBLE } from 'unmapped/proposals/inaccessible';

for (const kernel of [inaccessibleV3Meant, inaccessibleV5]) {
  const host = new Host(kernel);
  const qemu = host.process('qemu');
  const fd = qemu.memfd_create('guest-ram', MFD_INACCESSIBLE);

  qemu.ftruncate(fd, 100); // → -EINVAL, -EINVAL (×2)
  qemu.ftruncate(fd, 2 * PAGE); // → 0, 0 (×2)
  qemu.ftruncate(fd, 4 * PAGE); // → 0, -EPERM (×2)

  // fallocate still makes the file longer, in both.
  qemu.fallocate(fd, 0, 4 * PAGE, PAGE); // → 0, 0 (×2)

  // Holes are whole pages, in both.
  qemu.fallocate(fd, FALLOC_FL_PUNCH_HOLE | FALLOC_FL_KEEP_SIZE, 0, 100); // → -EINVAL, -EINVAL (×2)
}
