/** Whether the kernel copies the memory of a running guest into another file for the VMM. */
import { MFD_ALLOW_SEALING, PAGE } from 'unmapped';
import { stage } from 'unmapped/proposals/stage';
import type { Generation, Outcome } from '../../../src/snippet/types.ts';

export default function scenario(g: Generation): Outcome {
  const { vmm, memory, vm } = stage(g.id);
  const fd = memory(1, 'guest-ram', 0x41);
  const guest = vm();
  guest.bind(fd);
  guest.store(0, 0x41);
  const out = vmm.memfd_create('copy', MFD_ALLOW_SEALING);
  return {
    'sendfile': vmm.sendfile(out, fd, 0, PAGE),
    'copy_file_range': vmm.copy_file_range(fd, 0, out, 0, PAGE),
  };
}
