/** A page of a running guest breaks: what the kernel does, and what the guest meets at its next touch. */
import { NoAnswer, stage } from 'unmapped/proposals/stage';
import type { Generation, Outcome } from '../../../src/snippet/types.ts';

export default function scenario(g: Generation): Outcome {
  const { memory, vm, kernel } = stage(g.id);
  const fd = memory(1, 'guest-ram', 0x41);
  const guest = vm();
  guest.bind(fd);
  guest.store(0, 0x41);
  const told = kernel.fail(fd);
  return { 'memory_failure': told, 'the guest loads': told instanceof NoAnswer ? told : guest.load(0) };
}
