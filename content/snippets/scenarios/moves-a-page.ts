/** Whether the kernel may move a page of a running guest to another frame, and what the guest then reads. */
import { notRead, notStated, stage } from 'unmapped/proposals/stage';
import type { Generation, Outcome } from '../../../src/snippet/types.ts';

export default function scenario(g: Generation): Outcome {
  const { memory, vm, kernel } = stage(g.id);
  const fd = memory(1, 'guest-ram', 0x41);
  const guest = vm();
  guest.bind(fd);
  guest.store(0, 0x41);
  const deed = kernel.move(fd);
  const unknown = deed === notRead || deed === notStated;
  return { 'the kernel moves it': deed, 'the guest loads': unknown ? deed : guest.load(0) };
}
