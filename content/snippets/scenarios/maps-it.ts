/** Which mappings of the memory the VMM may make. */
import { MAP_PRIVATE, MAP_SHARED, PAGE, PROT_READ, PROT_WRITE } from 'unmapped';
import { nothing, stage, word } from 'unmapped/proposals/stage';
import type { Generation, Outcome } from '../../../src/snippet/types.ts';

export default function scenario(g: Generation): Outcome {
  const { vmm, memory } = stage(g.id);
  const fd = memory(2);
  const ask = (prot: number, flags: number) => {
    const answer = vmm.mmap(0, PAGE, prot, flags, fd, 0);
    return nothing(answer) ? answer : word('mapped');
  };
  return {
    'shared, to write': ask(PROT_READ | PROT_WRITE, MAP_SHARED),
    'shared, to read': ask(PROT_READ, MAP_SHARED),
    'a private copy': ask(PROT_READ | PROT_WRITE, MAP_PRIVATE),
  };
}
