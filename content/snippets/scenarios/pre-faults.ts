/** Whether user space can have a page of the guest mapped before the guest touches it. */
import { stage } from 'unmapped/proposals/stage';
import type { Generation, Outcome } from '../../../src/snippet/types.ts';

export default function scenario(g: Generation): Outcome {
  const { memory, vm } = stage(g.id);
  const fd = memory(1);
  const guest = vm();
  guest.bind(fd);
  return { 'KVM_PRE_FAULT_MEMORY': guest.prefault(0) };
}
