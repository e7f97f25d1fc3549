/** What the guest finds in a page that was punched out and allocated again. */
import { FALLOC_FL_KEEP_SIZE, FALLOC_FL_PUNCH_HOLE, PAGE } from 'unmapped';
import { stage } from 'unmapped/proposals/stage';
import type { Generation, Outcome } from '../../../src/snippet/types.ts';

export default function scenario(g: Generation): Outcome {
  const { vmm, memory, vm } = stage(g.id);
  const fd = memory(1, 'guest-ram', 0x41);
  const guest = vm();
  guest.bind(fd);
  guest.store(0, 0x41);
  return {
    'the punch': vmm.fallocate(fd, FALLOC_FL_PUNCH_HOLE | FALLOC_FL_KEEP_SIZE, 0, PAGE),
    'the allocation': vmm.fallocate(fd, FALLOC_FL_KEEP_SIZE, 0, PAGE),
    'the guest loads': guest.load(0),
  };
}
