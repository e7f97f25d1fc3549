/** A driver pinned a page by a user address, for VFIO or RDMA; the VMM punches it out: what device and guest then read. */
import { FALLOC_FL_KEEP_SIZE, FALLOC_FL_PUNCH_HOLE, IommuDomain, MAP_SHARED, PAGE, Pin, PROT_READ } from 'unmapped';
import { noSuchOperation, stage } from 'unmapped/proposals/stage';
import type { Generation, Outcome } from '../../../src/snippet/types.ts';

export default function scenario(g: Generation): Outcome {
  const { vmm, memory, vm } = stage(g.id);
  const fd = memory(1, 'guest-ram', 0x41);
  const guest = vm();
  guest.bind(fd);
  guest.store(0, 0x41);
  const view = vmm.mmap(0, PAGE, PROT_READ, MAP_SHARED, fd, 0);
  const pin = vmm.vmsplice(view, PAGE);
  if (!(pin instanceof Pin)) {
    return { 'the pin': pin, 'the punch': noSuchOperation, 'the device reads': noSuchOperation, 'the guest loads': noSuchOperation };
  }
  const domain = new IommuDomain();
  const frame = vmm.resolve(view, false);
  if ('pfn' in frame) domain.map(0, frame);
  const punch = vmm.fallocate(fd, FALLOC_FL_PUNCH_HOLE | FALLOC_FL_KEEP_SIZE, 0, PAGE);
  return { 'the pin': pin, 'the punch': punch, 'the device reads': domain.read(0), 'the guest loads': guest.load(0) };
}
