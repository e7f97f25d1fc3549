/** Whether a process that is given the descriptor may use the memory for a VM of its own. */
import { stage } from 'unmapped/proposals/stage';
import type { Generation, Outcome } from '../../../src/snippet/types.ts';

export default function scenario(g: Generation): Outcome {
  const { host, vmm, memory, vm } = stage(g.id);
  const fd = memory(1);
  const peer = host.process('peer');
  const got = vmm.scm_rights(fd, peer);
  return { 'its VM binds it': vm(peer, 'peer vm').bind(got) };
}
