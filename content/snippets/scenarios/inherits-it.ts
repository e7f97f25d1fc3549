/** What a child of the VMM may do with the memory of a running guest. */
import { MAP_SHARED, PAGE, PROT_READ } from 'unmapped';
import { nothing, stage, word } from 'unmapped/proposals/stage';
import type { Generation, Outcome } from '../../../src/snippet/types.ts';

export default function scenario(g: Generation): Outcome {
  const { vmm, memory, vm } = stage(g.id);
  const fd = memory(1, 'guest-ram', 0x41);
  const guest = vm();
  guest.bind(fd);
  guest.store(0, 0x41);
  const child = vmm.fork('child');
  const view = child.mmap(0, PAGE, PROT_READ, MAP_SHARED, fd, 0);
  const seen = nothing(child.load(view)) ? child.load(view) : word('a byte');
  return {
    'it maps and loads': nothing(view) ? view : seen,
    'it reads by call': child.pread(fd, new Uint8Array(1), 0),
  };
}
