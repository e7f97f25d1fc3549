/** Whether a driver can pin the memory of a running guest by a user address, as VFIO does before it maps pages for a device. */
import { MAP_SHARED, PAGE, Pin, PROT_READ } from 'unmapped';
import { nothing, stage, word } from 'unmapped/proposals/stage';
import type { Generation, Outcome } from '../../../src/snippet/types.ts';

export default function scenario(g: Generation): Outcome {
  const { vmm, memory, vm } = stage(g.id);
  const fd = memory(1);
  const guest = vm();
  guest.bind(fd);
  guest.store(0, 0x41);
  const view = vmm.mmap(0, PAGE, PROT_READ, MAP_SHARED, fd, 0);
  const pin = vmm.vmsplice(view, PAGE);
  return {
    'the address': nothing(view) ? view : word('mapped'),
    'the pin': pin instanceof Pin ? word('pinned') : pin,
  };
}
