/** The guest shares a page and takes it back as private, the host writing nothing: what is left of its content. */
import { hardware } from 'unmapped/hardware';
import type { Generation, Outcome } from '../../../../src/snippet/types.ts';

export default function scenario(g: Generation): Outcome {
  const machine = hardware(g.id);
  machine.guest_write(0, 'secret');
  const shared = machine.guest_share();
  return {
    'shared': shared,
    'the host reads': machine.host_read(),
    'private again': machine.guest_unshare(),
    'the guest reads': machine.guest_read(0),
  };
}
