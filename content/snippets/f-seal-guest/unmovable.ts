/** Guest pages cannot move, so they must not stand where everything has to be able to. */
import { F_ADD_SEALS, Host, MFD_ALLOW_SEALING, PAGE } from 'unmapped';
import {
  F_SEAL_GUEST,
  fSealGuestUnmovable,
  fSealGuestV2,
  migrate_page,
  offline_movable,
  page_zone,
} from 'unmapped/proposals/f-seal-guest';

// First as posted, then with the mask of memfd_secret. A mask that allows movable zones is taken to use one.
for (const kernel of [fSealGuestV2, fSealGuestUnmovable]) {
  const host = new Host(kernel);
  const qemu = host.process('qemu');
  const fd = qemu.memfd_create('guest-ram', MFD_ALLOW_SEALING);
  qemu.fcntl(fd, F_ADD_SEALS, F_SEAL_GUEST);
  qemu.fallocate(fd, 0, 0, 2 * PAGE);
  const plain = qemu.memfd_create('plain', MFD_ALLOW_SEALING);
  qemu.fallocate(plain, 0, 0, 2 * PAGE);

  page_zone(qemu, fd); // → 'ZONE_MOVABLE', 'ZONE_NORMAL' (×2)
  migrate_page(qemu, fd, 0); // → -ENOTSUPP, -ENOTSUPP (×2)
  migrate_page(qemu, plain, 0); // → 0, 0 (×2)

  // Somebody wants to take the memory of the movable zone out of the machine.
  offline_movable(qemu, [fd, plain]); // → { moved: 2, stuck: 2 }, { moved: 2, stuck: 0 } (×2)
}
