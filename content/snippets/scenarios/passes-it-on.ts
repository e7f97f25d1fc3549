/** What another process may do with the memory of a running guest when it is given the descriptor. */
import { FALLOC_FL_KEEP_SIZE, FALLOC_FL_PUNCH_HOLE, MAP_SHARED, PAGE, PROT_READ } from 'unmapped';
import { nothing, stage, word } from 'unmapped/proposals/stage';
import type { Generation, Outcome } from '../../../src/snippet/types.ts';

export default function scenario(g: Generation): Outcome {
  const { host, vmm, memory, vm } = stage(g.id);
  const fd = memory(1, 'guest-ram', 0x41);
  const guest = vm();
  guest.bind(fd);
  guest.store(0, 0x41);
  const peer = host.process('peer');
  const got = vmm.scm_rights(fd, peer);
  const view = peer.mmap(0, PAGE, PROT_READ, MAP_SHARED, got, 0);
  const seen = nothing(peer.load(view)) ? peer.load(view) : word('a byte');
  return {
    'it maps and loads': nothing(view) ? view : seen,
    'it reads by call': peer.pread(got, new Uint8Array(1), 0),
    'it punches the page out': peer.fallocate(got, FALLOC_FL_PUNCH_HOLE | FALLOC_FL_KEEP_SIZE, 0, PAGE),
  };
}
