/** SEV in the picture of a host: slots of keys, which VM runs with which, and which mirror holds which VM. */
import type { Edge, Node } from '../linux/picture.ts';
import type { SevVm } from './sev-vm.ts';

export function drawSevVm(vm: SevVm, nodes: Node[], edges: Edge[]): void {
  if (vm.freed || !vm.sev.active) return;
  const id = `vm ${vm.address}`;
  const slot = `asid ${vm.sev.asid}`;
  const key = vm.machine.memory.hasKey(vm.sev.asid) ? 'a key' : 'empty';
  if (!nodes.some((node) => node.id === slot)) {
    nodes.push({ id: slot, label: `key slot ${vm.sev.asid}`, column: 2, lines: [key] });
  }
  edges.push({ from: id, to: slot, label: 'runs with' });
  if (vm.sev.owner !== undefined) edges.push({ from: id, to: `vm ${vm.sev.owner.address}`, label: 'holds' });
}
