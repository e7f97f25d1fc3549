/** Whether one memory may serve two VMs of one VMM. */
import { stage } from 'unmapped/proposals/stage';
import type { Generation, Outcome } from '../../../src/snippet/types.ts';

export default function scenario(g: Generation): Outcome {
  const { memory, vm } = stage(g.id);
  const fd = memory(1);
  const first = vm();
  const second = vm(undefined, 'second');
  return {
    'the first VM binds it': first.bind(fd),
    'the second VM binds it': second.bind(fd),
  };
}
