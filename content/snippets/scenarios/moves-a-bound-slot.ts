/** Whether a slot may be moved to another guest address while it is in use. */
import { PAGE } from 'unmapped';
import { notRead, stage } from 'unmapped/proposals/stage';
import type { Generation, Outcome } from '../../../src/snippet/types.ts';

/** Postings of which KVM's half was read, or whose KVM is that of a kernel. */
const READ = new Set([
  'two-views',
  'inaccessible-v3',
  'inaccessible-v8',
  'gmem-6.8',
  'gmem-mmap-6.19',
  'link-rfc-v2',
  'gmem-write-v5',
  'no-direct-map-v8',
]);

export default function scenario(g: Generation): Outcome {
  const { memory, vm } = stage(g.id);
  const fd = memory(1);
  const guest = vm();
  const made = guest.bind(fd);
  // What most of the series that were only posted do about a slot that moves was not read.
  const read = g.kernel !== undefined || READ.has(g.id);
  const moved = read ? guest.bind(fd, { gpa: 16 * PAGE }) : notRead;
  return { made, moved };
}
