/** SEV as boxes and arrows: slots of keys, which VM runs with which, and which mirror holds which VM. */
import { vm_list } from '../kvm/vm.ts';
import type { Host } from '../linux/host.ts';
import type { Edge, Node } from '../linux/picture.ts';
import type { GraphPicture } from '../picture.ts';
import { SevVm } from './sev-vm.ts';

/** Adds the slot of a VM and its arrows; the box of the VM itself is `vm ADDRESS`. */
export function drawSevVm(vm: SevVm, nodes: Node[], edges: Edge[]): void {
  if (vm.freed) return;
  const id = `vm ${vm.address}`;
  if (vm.sev.active) {
    const slot = `asid ${vm.sev.asid}`;
    if (!nodes.some((node) => node.id === slot)) nodes.push(slotBox(vm.sev.asid, vm));
    edges.push({ from: id, to: slot, label: 'runs with' });
  }
  if (vm.sev.owner !== undefined) edges.push({ from: id, to: `vm ${vm.sev.owner.address}`, label: 'holds' });
}

function slotBox(asid: number, { machine }: SevVm): Node {
  const waits = machine.asids.waiting.includes(asid) ? ['waits for a flush'] : [];
  const key = machine.memory.hasKey(asid) ? 'has a key' : 'empty';
  return { id: `asid ${asid}`, label: `key slot ${asid}`, column: 1, lines: [key, ...waits] };
}

/** The VMs of a host and the key slots that they run with, as they are now. */
export function key_picture(host: Host, title: string): GraphPicture {
  const nodes: Node[] = [];
  const edges: Edge[] = [];
  for (const vm of vm_list(host)) {
    if (!(vm instanceof SevVm)) continue;
    const count = `${vm.users} ${vm.users === 1 ? 'reference' : 'references'}`;
    nodes.push({
      id: `vm ${vm.address}`,
      label: `VM ${vm.name}`,
      column: 0,
      lines: [count, ...(vm.vm_dead ? ['dead'] : [])],
    });
  }
  for (const vm of vm_list(host)) if (vm instanceof SevVm) drawSevVm(vm, nodes, edges);
  return { kind: 'graph', title, nodes, edges };
}
