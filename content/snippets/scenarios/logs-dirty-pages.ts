/** Whether KVM keeps a log of the pages that the guest wrote, without any mapping of them. */
import { nothing, stage } from 'unmapped/proposals/stage';
import type { Generation, Outcome } from '../../../src/snippet/types.ts';

export default function scenario(g: Generation): Outcome {
  const { memory, vm } = stage(g.id);
  const fd = memory(1, 'guest-ram', 0x41);
  const guest = vm();
  const bound = guest.logged(fd);
  if (nothing(bound)) return { 'slot with a log': bound, 'the guest stores': bound, 'the log': bound };
  return { 'slot with a log': bound, 'the guest stores': guest.store(0, 1), 'the log': guest.dirty() };
}
