/** Whether the VMM can put the first byte into the memory by a call or a mapping of its own, before the guest runs. */
import { stage } from 'unmapped/proposals/stage';
import type { Generation, Outcome } from '../../../src/snippet/types.ts';

export default function scenario(g: Generation): Outcome {
  const { memory, vm } = stage(g.id);
  const fd = memory(1, 'guest-ram', 0x41);
  const guest = vm();
  guest.bind(fd);
  return { 'guest finds': guest.load(0) };
}
