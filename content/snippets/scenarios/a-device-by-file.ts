/** A device connected by the file, whose driver hears itself when pages go: what it reads before and after a hole. */
import { FALLOC_FL_KEEP_SIZE, FALLOC_FL_PUNCH_HOLE, PAGE } from 'unmapped';
import { stage } from 'unmapped/proposals/stage';
import type { Generation, Outcome } from '../../../src/snippet/types.ts';

export default function scenario(g: Generation): Outcome {
  const { vmm, memory, vm, device } = stage(g.id);
  const fd = memory(1, 'guest-ram', 0x41);
  const guest = vm();
  guest.bind(fd);
  guest.store(0, 0x41);
  const nic = device(fd);
  const joined = nic.map();
  const before = joined === 0 ? nic.read() : joined;
  if (joined === 0) vmm.fallocate(fd, FALLOC_FL_PUNCH_HOLE | FALLOC_FL_KEEP_SIZE, 0, PAGE);
  return { 'it joins': joined, 'it reads': before, 'after a hole': joined === 0 ? nic.read() : joined };
}
