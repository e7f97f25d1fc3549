/** Whether a VMM that may lock two pages can give its guest four. */
import { PAGE, RLIMIT_MEMLOCK } from 'unmapped';
import { notRead, stage } from 'unmapped/proposals/stage';
import type { Generation, Outcome } from '../../../src/snippet/types.ts';

export default function scenario(g: Generation): Outcome {
  const { vmm, memory, vm } = stage(g.id);
  vmm.setrlimit(RLIMIT_MEMLOCK, 2 * PAGE);
  vmm.setuid(1000);
  const fd = memory(4);
  const guest = vm();
  const bound = guest.bind(fd, { pages: 4 });
  // v5 holds its count against the limit; which error it gives was not read.
  const unknown = g.id === 'inaccessible-v5';
  return {
    'binds four pages': unknown ? notRead : bound,
    'guest writes the fourth': unknown ? notRead : guest.store(3 * PAGE, 0x41),
  };
}
