/** Whether a hole leaves the page beside it as it is. */
import { FALLOC_FL_KEEP_SIZE, FALLOC_FL_PUNCH_HOLE, PAGE } from 'unmapped';
import { stage } from 'unmapped/proposals/stage';
import type { Generation, Outcome } from '../../../src/snippet/types.ts';

export default function scenario(g: Generation): Outcome {
  const { vmm, memory, vm } = stage(g.id);
  const fd = memory(2);
  const guest = vm();
  guest.bind(fd, { pages: 2 });
  guest.store(PAGE, 0x42);
  return {
    'the punch': vmm.fallocate(fd, FALLOC_FL_PUNCH_HOLE | FALLOC_FL_KEEP_SIZE, 0, PAGE),
    'the neighbor': guest.load(PAGE),
  };
}
