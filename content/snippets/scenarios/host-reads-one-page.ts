/** One page of a guest's memory: what the host reads there, generation by generation. */
import { MAP_SHARED, PAGE, PROT_READ } from 'unmapped';
import { nothing, notRead, stage } from 'unmapped/proposals/stage';
import type { Generation, Outcome } from '../../../src/snippet/types.ts';

export default function scenario(g: Generation): Outcome {
  const { host, vmm, memory, vm } = stage(g.id);

  // 0x41 gets there by the VMM while it still can write, and by the guest.
  const fd = memory(1, 'guest-ram', 0x41);
  const guest = vm();
  guest.bind(fd);
  guest.store(0, 0x41);

  // The host maps the page and looks; the kernel looks through its direct map.
  const view = vmm.mmap(0, PAGE, PROT_READ, MAP_SHARED, fd, 0);
  const hostReads = nothing(view) ? view : vmm.load(view);
  const guestReads = guest.load(0);
  const file = vmm.file(fd);
  const pfn = 'inode' in file ? (file.inode.page(0)?.frame.pfn ?? 0) : file;
  const written = guestReads !== notRead || !nothing(hostReads);
  return {
    'host reads': hostReads,
    'guest reads': guestReads,
    'kernel reads': written ? host.kernel_read(pfn) : notRead,
  };
}
