/**
 * The SEV part of one machine: encrypted memory, ASIDs, the firmware's guests; and what the host can do to its caches.
 * Source: CPUID Fn8000_001F; sev_hardware_setup in arch/x86/kvm/svm/sev.c, Linux 6.16.1.
 */
import { Errno, type Result, Signal } from '../errno.ts';
import { KVM_X86_DEFAULT_VM, KVM_X86_SEV_ES_VM, KVM_X86_SEV_VM } from '../kvm/constants.ts';
import { Host, type HostOptions } from '../linux/host.ts';
import type { Process } from '../linux/process.ts';
import { EncryptedMemory } from '../machine/encryption.ts';
import type { Frame, PhysicalMemory } from '../machine/memory.ts';
import { show } from '../show.ts';
import { PAGE } from '../units.ts';
import { AsidPool } from './asid.ts';
import type { GuestContext } from './guest-context.ts';
import type { SevKernel } from './rules.ts';

export interface SevOptions extends HostOptions {
  /** A word in the seed of its keys: no two machines have the same. */
  readonly name?: string;
  /** CPUID Fn8000_001F EAX[10]; true by default, as on the parts that Linux calls SME_COHERENT. */
  readonly coherent?: boolean;
  /** CPUID Fn8000_001F ECX; 15 by default. */
  readonly max_asid?: number;
  /** CPUID Fn8000_001F EDX; 6 by default, so that SEV-ES guests have ASIDs 1 to 5. */
  readonly min_sev_asid?: number;
}

export class SevMachine {
  readonly name: string;
  readonly memory: EncryptedMemory;
  readonly asids: AsidPool;
  readonly contexts = new Map<number, GuestContext>();
  #handle = 0;

  constructor(options: SevOptions) {
    this.name = options.name ?? 'machine';
    this.memory = new EncryptedMemory(options.coherent ?? true);
    this.asids = new AsidPool(options.max_asid ?? 15, options.min_sev_asid ?? 6, () => this.memory.wbinvd());
  }

  nextHandle(): number {
    return ++this.#handle;
  }
}

/** By physical memory: a machine has one of each. */
const machines = new WeakMap<PhysicalMemory, SevMachine>();

export const machineOf = (memory: PhysicalMemory): SevMachine | undefined => machines.get(memory);

/** A host with SEV, for a kernel whose part of it was read. */
export function sevHost(kernel: SevKernel, options: SevOptions = {}): Host {
  const types = [KVM_X86_DEFAULT_VM, ...(kernel.sev.init2 ? [KVM_X86_SEV_VM, KVM_X86_SEV_ES_VM] : [])];
  const host = new Host(kernel, { vm_types: types, ...options });
  machines.set(host.memory, new SevMachine(options));
  return host;
}

/** The SEV part of a host that sevHost made. */
export function sevMachine(host: Host): SevMachine {
  const machine = machines.get(host.memory);
  if (machine === undefined) throw new TypeError('the host has no SEV: make it with sevHost()');
  return machine;
}

/** ASIDs of a machine that wait for a flush before they can be used again. */
export const asids_to_reclaim = (host: Host): number[] => sevMachine(host).asids.waiting;

/** How often ASIDs were recycled on this machine: WBINVD on all processors, then DF_FLUSH. */
export const asid_flushes = (host: Host): number => sevMachine(host).asids.flushes;

/** WBINVD on all processors: the caches are written back and emptied. Only the kernel can. */
export function wbinvd(host: Host): 0 {
  return host.step('kernel', 'wbinvd', [], () => {
    sevMachine(host).memory.wbinvd();
    return 0;
  });
}

function onPage(
  process: Process,
  op: string,
  address: Result,
  args: string[],
  body: (frame: Frame) => void,
): 0 | Errno {
  return process.host.step(process.name, op, [show(address), ...args], () => {
    const frame = process.resolve(address, false);
    if (frame instanceof Signal) return new Errno('EFAULT', frame.why);
    body(frame);
    return 0;
  });
}

/** CLFLUSH over one page of a process, through its own mapping: which has no key. */
export const clflush = (process: Process, address: Result): 0 | Errno =>
  onPage(process, 'clflush', address, [], (frame) => sevMachine(process.host).memory.clflush(frame));

/** MSR VM_PAGE_FLUSH (C001_011E), which only the kernel can write: the page at a host address, and an ASID. */
export const vm_page_flush = (process: Process, address: Result, asid: number): 0 | Errno =>
  onPage(process, 'vm_page_flush', address, [String(asid)], (frame) =>
    sevMachine(process.host).memory.vmPageFlush(frame, asid),
  );

/** What the memory chips hold behind an address of a process: at most the rest of the page. No access of software does this. */
export function memory_chips(process: Process, address: Result, length: number): Uint8Array | Errno {
  return process.host.step('chips', 'memory_chips', [show(address), String(length)], () => {
    const frame = process.resolve(address, false);
    if (frame instanceof Signal) return new Errno('EFAULT', frame.why);
    return frame.readChips((address as number) % PAGE, length);
  });
}
