/** Whether two slots of one VM may take different pages of one memory. */
import { PAGE } from 'unmapped';
import { stage } from 'unmapped/proposals/stage';
import type { Generation, Outcome } from '../../../src/snippet/types.ts';

export default function scenario(g: Generation): Outcome {
  const { memory, vm } = stage(g.id);
  const fd = memory(2);
  const guest = vm();
  return {
    'the first page': guest.bind(fd),
    'the second page': guest.bind(fd, { slot: 1, gpa: 16 * PAGE, offset: PAGE }),
  };
}
