/** Whether the memory can be opened a second time through /proc. */
import { O_RDWR } from 'unmapped';
import { nothing, notRead, stage, word } from 'unmapped/proposals/stage';
import type { Generation, Outcome } from '../../../src/snippet/types.ts';

export default function scenario(g: Generation): Outcome {
  // Files of a file system of their own: whether they can be opened again was not read.
  if (g.id === 'inaccessible-v8' || g.id === 'restricted-v10') return { 'open, to read and write': notRead };
  const { vmm, memory } = stage(g.id);
  const fd = memory(1);
  const again = vmm.open(`/proc/self/fd/${fd}`, O_RDWR);
  return { 'open, to read and write': nothing(again) ? again : word('opened') };
}
