/** The host points the guest address of one private page at another page of the same guest. */
import { hardware } from 'unmapped/hardware';
import type { Generation, Outcome } from '../../../../src/snippet/types.ts';

export default function scenario(g: Generation): Outcome {
  const machine = hardware(g.id);
  machine.guest_write(0, 'first');
  machine.guest_write(1, 'second');
  return { 'the host remaps': machine.host_remap(), 'the guest reads': machine.guest_read(0) };
}
