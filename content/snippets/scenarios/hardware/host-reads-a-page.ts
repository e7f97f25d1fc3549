/** What the host reads where the guest wrote, through the host's own mapping and with a key of its own that has integrity. */
import { hardware } from 'unmapped/hardware';
import type { Generation, Outcome } from '../../../../src/snippet/types.ts';

export default function scenario(g: Generation): Outcome {
  const machine = hardware(g.id);
  machine.guest_write(0, 'secret');
  return {
    'the host reads': machine.host_read(),
    'the guest reads': machine.guest_read(0),
    'the host, with such a key': machine.host_read_checked(),
  };
}
