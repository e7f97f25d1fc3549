/** What the guest reads in a page that nobody has written. */
import { PAGE } from 'unmapped';
import { stage } from 'unmapped/proposals/stage';
import type { Generation, Outcome } from '../../../src/snippet/types.ts';

export default function scenario(g: Generation): Outcome {
  const { memory, vm } = stage(g.id);
  const fd = memory(2);
  const guest = vm();
  guest.bind(fd, { pages: 2 });
  return { 'the guest loads': guest.load(PAGE), 'the guest stores': guest.store(PAGE, 1) };
}
