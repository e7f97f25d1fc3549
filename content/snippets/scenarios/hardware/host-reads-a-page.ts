/** What the host reads where the guest wrote, through the host's own mapping. */
import { hardware } from 'unmapped/hardware';
import type { Generation, Outcome } from '../../../../src/snippet/types.ts';

export default function scenario(g: Generation): Outcome {
  const machine = hardware(g.id);
  machine.guest_write(0, 'secret');
  return { 'the host reads': machine.host_read(), 'the guest reads': machine.guest_read(0) };
}
