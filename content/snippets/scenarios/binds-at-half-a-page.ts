/** Whether a slot may begin in the middle of a page of the memory. */
import { PAGE } from 'unmapped';
import { stage } from 'unmapped/proposals/stage';
import type { Generation, Outcome } from '../../../src/snippet/types.ts';

export default function scenario(g: Generation): Outcome {
  const { memory, vm } = stage(g.id);
  return { 'from half a page on': vm().bind(memory(2), { offset: PAGE / 2 }) };
}
