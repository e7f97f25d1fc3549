/**
 * Where `struct kvm` objects live. A freed one's address is handed out again, last freed first, as the kernel's slab
 * allocator usually does; that is what makes a raw pointer to a dead VM dangerous in a way that can be seen.
 */
import type { Host } from '../linux/host.ts';

const FIRST = 0xffff_8880_0000;
const SIZE = 0x1_0000;

interface Slab {
  next: number;
  readonly free: number[];
}

const slabs = new WeakMap<Host, Slab>();

function slabOf(host: Host): Slab {
  let slab = slabs.get(host);
  if (slab === undefined) {
    slab = { next: FIRST, free: [] };
    slabs.set(host, slab);
  }
  return slab;
}

/** An address for a new object. */
export function slabAllocate(host: Host): number {
  const slab = slabOf(host);
  const reused = slab.free.pop();
  if (reused !== undefined) return reused;
  const address = slab.next;
  slab.next += SIZE;
  return address;
}

export function slabFree(host: Host, address: number): void {
  slabOf(host).free.push(address);
}
