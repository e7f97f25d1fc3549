/** The host takes a private page away without asking: what it then reads there, and what the guest meets. */
import { hardware } from 'unmapped/hardware';
import type { Generation, Outcome } from '../../../../src/snippet/types.ts';

export default function scenario(g: Generation): Outcome {
  const machine = hardware(g.id);
  machine.guest_write(0, 'secret');
  return {
    'the host takes it': machine.host_take(),
    'the host reads': machine.host_read(),
    'the guest reads': machine.guest_read(0),
  };
}
