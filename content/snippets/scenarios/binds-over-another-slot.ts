/** Whether a second slot may stand at the guest addresses of the first. */
import { PAGE } from 'unmapped';
import { stage } from 'unmapped/proposals/stage';
import type { Generation, Outcome } from '../../../src/snippet/types.ts';

export default function scenario(g: Generation): Outcome {
  const { memory, vm } = stage(g.id);
  const fd = memory(2);
  const guest = vm();
  return {
    'the first slot': guest.bind(fd),
    'the second slot': guest.bind(fd, { slot: 1, offset: PAGE }),
  };
}
