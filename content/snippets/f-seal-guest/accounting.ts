/** Memory that nobody maps is memory that nobody is charged for, unless fallocate charges its caller. */
import { F_ADD_SEALS, FALLOC_FL_KEEP_SIZE, FALLOC_FL_PUNCH_HOLE, Host, MFD_ALLOW_SEALING, PAGE } from 'unmapped';
import { F_SEAL_GUEST, fSealGuestCharged, fSealGuestV2 } from 'unmapped/proposals/f-seal-guest';

// First as posted, then charged. The process may lock four pages.
for (const kernel of [fSealGuestV2, fSealGuestCharged]) {
  const host = new Host(kernel);
  const qemu = host.process('qemu', { uid: 1000, rlimit_memlock: 4 * PAGE });
  const fd = qemu.memfd_create('guest-ram', MFD_ALLOW_SEALING);
  qemu.fcntl(fd, F_ADD_SEALS, F_SEAL_GUEST);

  // Sixteen pages that can be neither swapped nor moved. (No message names an errno; the model says -ENOMEM.)
  qemu.fallocate(fd, 0, 0, 16 * PAGE); // → 0, -ENOMEM (×2)
  qemu.fallocate(fd, 0, 0, 4 * PAGE); // → 0, 0 (×2)
  // A fifth page is one too many.
  qemu.fallocate(fd, 0, 4 * PAGE, PAGE); // → 0, -ENOMEM (×2)

  // Giving a page back makes room for another.
  qemu.fallocate(fd, FALLOC_FL_PUNCH_HOLE | FALLOC_FL_KEEP_SIZE, 0, PAGE); // → 0, 0 (×2)
  qemu.fallocate(fd, 0, 4 * PAGE, PAGE); // → 0, 0 (×2)
}
