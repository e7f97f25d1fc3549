/** What becomes of the memory when its VM has ended. */
import { FALLOC_FL_KEEP_SIZE, FALLOC_FL_PUNCH_HOLE, PAGE } from 'unmapped';
import { stage } from 'unmapped/proposals/stage';
import type { Generation, Outcome } from '../../../src/snippet/types.ts';

export default function scenario(g: Generation): Outcome {
  const { vmm, memory, vm } = stage(g.id);
  const fd = memory(1, 'guest-ram', 0x41);
  const first = vm();
  first.bind(fd);
  first.close();
  const hole = FALLOC_FL_PUNCH_HOLE | FALLOC_FL_KEEP_SIZE;
  return {
    'a later VM binds it': vm(undefined, 'later').bind(fd),
    'the VMM punches a page': vmm.fallocate(fd, hole, 0, PAGE),
  };
}
