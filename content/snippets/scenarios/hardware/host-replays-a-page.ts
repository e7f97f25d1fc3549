/** The host keeps the bytes of a page as it reads them, and puts them back after the guest has written anew. */
import { hardware } from 'unmapped/hardware';
import type { Generation, Outcome } from '../../../../src/snippet/types.ts';

export default function scenario(g: Generation): Outcome {
  const machine = hardware(g.id);
  machine.guest_write(0, 'old');
  const restore = machine.host_save(0);
  machine.guest_write(0, 'new');
  return { 'the host puts them back': restore(0), 'the guest reads': machine.guest_read(0) };
}
