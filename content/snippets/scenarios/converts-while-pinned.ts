/** The VMM declares a page private while a driver holds it: whether the conversion waits, fails or does not care. */
import { MAP_SHARED, PAGE, Pin, PROT_READ } from 'unmapped';
import { noSuchOperation, stage, word } from 'unmapped/proposals/stage';
import type { Generation, Outcome } from '../../../src/snippet/types.ts';

export default function scenario(g: Generation): Outcome {
  const { vmm, memory, vm } = stage(g.id);
  const fd = memory(1, 'guest-ram', 0x41);
  const guest = vm();
  guest.bind(fd);
  const shared = guest.convert?.(0, 'shared') ?? noSuchOperation;
  const view = vmm.mmap(0, PAGE, PROT_READ, MAP_SHARED, fd, 0);
  const pin = vmm.vmsplice(view, PAGE);
  return {
    'to shared': shared,
    'a driver pins it': pin instanceof Pin ? word('pinned') : pin,
    'to private': guest.convert?.(0, 'private') ?? noSuchOperation,
  };
}
