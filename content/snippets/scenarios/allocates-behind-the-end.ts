/** Whether the VMM may allocate a page behind the end of the memory. */
import { FALLOC_FL_KEEP_SIZE, PAGE } from 'unmapped';
import { stage } from 'unmapped/proposals/stage';
import type { Generation, Outcome } from '../../../src/snippet/types.ts';

export default function scenario(g: Generation): Outcome {
  const { vmm, memory } = stage(g.id);
  return {
    'and grow it': vmm.fallocate(memory(1, 'grow'), 0, PAGE, PAGE),
    'and keep its size': vmm.fallocate(memory(1, 'keep'), FALLOC_FL_KEEP_SIZE, PAGE, PAGE),
  };
}
