/** A hole that the guest can see through: v12 of guest_memfd, then 6.12.117. */
import { FALLOC_FL_KEEP_SIZE, FALLOC_FL_PUNCH_HOLE, PAGE } from 'unmapped';
import { stage } from 'unmapped/proposals/stage';

for (const id of ['gmem-v12', 'gmem-6.12.117']) {
  const { vmm, memory, vm } = stage(id);
  const fd = memory();
  const guest = vm();
  guest.bind(fd); // → 0, 0 (×2)
  guest.store(0, 0x41); // → 0, 0 (×2)

  // The VMM takes the page back. The guest touches it again.
  vmm.fallocate(fd, FALLOC_FL_PUNCH_HOLE | FALLOC_FL_KEEP_SIZE, 0, PAGE); // → 0, 0 (×2)
  guest.load(0); // → 65, 0 (×2)
}
