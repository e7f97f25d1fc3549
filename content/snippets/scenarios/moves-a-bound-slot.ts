/** Whether a slot may be moved to another guest address while it is in use. */
import { PAGE } from 'unmapped';
import { notRead, stage } from 'unmapped/proposals/stage';
import type { Generation, Outcome } from '../../../src/snippet/types.ts';

export default function scenario(g: Generation): Outcome {
  const { memory, vm } = stage(g.id);
  const fd = memory(1);
  const guest = vm();
  const made = guest.bind(fd);
  // What a series that was only posted does about a slot that moves was not read.
  const moved = g.kernel === undefined ? notRead : guest.bind(fd, { gpa: 16 * PAGE });
  return { made, moved };
}
