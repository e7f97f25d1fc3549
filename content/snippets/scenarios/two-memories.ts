/** Whether one VM may have memory from two files. */
import { PAGE } from 'unmapped';
import { stage } from 'unmapped/proposals/stage';
import type { Generation, Outcome } from '../../../src/snippet/types.ts';

export default function scenario(g: Generation): Outcome {
  const { memory, vm } = stage(g.id);
  const guest = vm();
  return {
    'the first': guest.bind(memory(1, 'first')),
    'the second': guest.bind(memory(1, 'second'), { slot: 1, gpa: 16 * PAGE }),
  };
}
