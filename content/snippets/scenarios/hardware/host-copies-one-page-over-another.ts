/** The host copies the bytes of one private page over another: encrypted bytes that it need not understand. */
import { hardware } from 'unmapped/hardware';
import type { Generation, Outcome } from '../../../../src/snippet/types.ts';

export default function scenario(g: Generation): Outcome {
  const machine = hardware(g.id);
  machine.guest_write(0, 'first');
  machine.guest_write(1, 'second');
  const put = machine.host_save(1);
  return { 'the host copies': put(0), 'the guest reads': machine.guest_read(0) };
}
