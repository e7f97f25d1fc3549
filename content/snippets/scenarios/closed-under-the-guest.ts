/** What the guest finds when the VMM has closed the last descriptor of the memory. */
import { stage } from 'unmapped/proposals/stage';
import type { Generation, Outcome } from '../../../src/snippet/types.ts';

export default function scenario(g: Generation): Outcome {
  const { vmm, memory, vm } = stage(g.id);
  const fd = memory(1, 'guest-ram', 0x41);
  const guest = vm();
  guest.bind(fd);
  guest.store(0, 0x41);
  return { close: vmm.close(fd), 'the guest loads': guest.load(0) };
}
