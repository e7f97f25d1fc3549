/** The host gives a private page of one guest to another guest, at the same guest address. */
import { hardware } from 'unmapped/hardware';
import type { Generation, Outcome } from '../../../../src/snippet/types.ts';

export default function scenario(g: Generation): Outcome {
  const machine = hardware(g.id);
  machine.guest_write(0, 'secret');
  const other = machine.other_guest();
  return { 'the host gives it': other.given, 'the other guest reads': other.reads };
}
