/** Whether one page may stand at two guest addresses of one VM. */
import { PAGE } from 'unmapped';
import { stage } from 'unmapped/proposals/stage';
import type { Generation, Outcome } from '../../../src/snippet/types.ts';

export default function scenario(g: Generation): Outcome {
  const { memory, vm } = stage(g.id);
  const fd = memory(1);
  const guest = vm();
  return {
    'at the first address': guest.bind(fd),
    'at the second address': guest.bind(fd, { slot: 1, gpa: 16 * PAGE }),
  };
}
