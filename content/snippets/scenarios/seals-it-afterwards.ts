/** Whether the memory can be sealed against shrinking once it serves a guest. */
import { F_ADD_SEALS, F_SEAL_SHRINK, PAGE } from 'unmapped';
import { stage } from 'unmapped/proposals/stage';
import type { Generation, Outcome } from '../../../src/snippet/types.ts';

export default function scenario(g: Generation): Outcome {
  const { vmm, memory, vm } = stage(g.id);
  const fd = memory(2);
  vm().bind(fd);
  return {
    'F_SEAL_SHRINK': vmm.fcntl(fd, F_ADD_SEALS, F_SEAL_SHRINK),
    'then one page less': vmm.ftruncate(fd, PAGE),
  };
}
