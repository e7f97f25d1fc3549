/** The host stores into a private page of the guest: who notices, and when. */
import { hardware } from 'unmapped/hardware';
import type { Generation, Outcome } from '../../../../src/snippet/types.ts';

export default function scenario(g: Generation): Outcome {
  const machine = hardware(g.id);
  machine.guest_write(0, 'secret');
  return { 'the host stores': machine.host_write('forged'), 'the guest reads': machine.guest_read(0) };
}
