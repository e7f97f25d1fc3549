/** Whether an ioctl turns a private page of a running guest into a shared one and back, and whether its content survives. */
import { noSuchOperation, stage } from 'unmapped/proposals/stage';
import type { Generation, Outcome } from '../../../src/snippet/types.ts';

export default function scenario(g: Generation): Outcome {
  const { memory, vm } = stage(g.id);
  const fd = memory(1);
  const guest = vm();
  guest.bind(fd);
  guest.store(0, 0x41);
  const shared = guest.convert?.(0, 'shared') ?? noSuchOperation;
  const back = guest.convert?.(0, 'private') ?? noSuchOperation;
  return { 'to shared': shared, 'and back': back, 'guest then reads': back === 0 ? guest.load(0) : back };
}
