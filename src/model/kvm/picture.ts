/** A VM in the picture of its host: slots, and the files that they are bound to. */
import type { Edge, Node } from '../linux/picture.ts';
import { PAGE } from '../units.ts';
import { gpaText } from './exit.ts';
import type { KvmVm } from './kvm-vm.ts';

export function drawVm(vm: KvmVm, nodes: Node[], edges: Edge[]): void {
  if (vm.freed) return;
  const id = `vm ${vm.address}`;
  const lines = vm.attributes.ranges.map(
    ([first, end]) => `private ${gpaText(first * PAGE)} to ${gpaText(end * PAGE - 1)}`,
  );
  nodes.push({ id, label: `VM ${vm.name}`, column: 1, lines: [`${vm.users} references`, ...lines] });
  for (const slot of vm.memorySlots) {
    const box = `${id} slot ${slot.id}`;
    const pages = `${slot.pages} ${slot.pages === 1 ? 'page' : 'pages'} at ${gpaText(slot.first * PAGE)}`;
    const file = slot.bound && slot.gmem === undefined ? ['its file was closed'] : [];
    nodes.push({ id: box, label: `slot ${slot.id}`, column: 1, lines: [pages, ...file] });
    edges.push({ from: id, to: box });
    if (slot.gmem !== undefined) edges.push({ from: box, to: `inode ${slot.gmem.inode.ino}`, label: 'bound' });
  }
}
