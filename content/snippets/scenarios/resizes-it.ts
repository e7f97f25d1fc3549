/** Whether the VMM may change the size of two pages of memory. */
import { PAGE } from 'unmapped';
import { stage } from 'unmapped/proposals/stage';
import type { Generation, Outcome } from '../../../src/snippet/types.ts';

export default function scenario(g: Generation): Outcome {
  const { vmm, memory } = stage(g.id);
  return {
    'one page more': vmm.ftruncate(memory(2, 'more'), 3 * PAGE),
    'one page less': vmm.ftruncate(memory(2, 'less'), PAGE),
    'to nothing': vmm.ftruncate(memory(2, 'nothing'), 0),
    'by half a page': vmm.ftruncate(memory(2, 'half'), PAGE + PAGE / 2),
  };
}
