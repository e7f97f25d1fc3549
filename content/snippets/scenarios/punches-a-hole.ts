/** Whether the VMM may take a page back by punching a hole. */
import { FALLOC_FL_KEEP_SIZE, FALLOC_FL_PUNCH_HOLE, PAGE } from 'unmapped';
import { stage } from 'unmapped/proposals/stage';
import type { Generation, Outcome } from '../../../src/snippet/types.ts';

export default function scenario(g: Generation): Outcome {
  const { vmm, memory } = stage(g.id);
  const hole = FALLOC_FL_PUNCH_HOLE | FALLOC_FL_KEEP_SIZE;
  return {
    'a whole page': vmm.fallocate(memory(2, 'whole'), hole, PAGE, PAGE),
    'half a page': vmm.fallocate(memory(2, 'half'), hole, PAGE, PAGE / 2),
  };
}
