/** What read() and write() answer to the VMM while the guest runs, by bytes done. */
import { stage } from 'unmapped/proposals/stage';
import type { Generation, Outcome } from '../../../src/snippet/types.ts';

export default function scenario(g: Generation): Outcome {
  const { vmm, memory, vm } = stage(g.id);
  const fd = memory(1, 'guest-ram', 0x41);
  const guest = vm();
  guest.bind(fd);
  guest.store(0, 0x41);
  return {
    'one byte read': vmm.pread(fd, new Uint8Array(1), 0),
    'one byte written': vmm.pwrite(fd, Uint8Array.of(0x42), 0),
  };
}
