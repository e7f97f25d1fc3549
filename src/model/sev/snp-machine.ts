/**
 * A machine with an RMP, seen by the hypervisor: pages, the host's direct map, guests with their nested page tables, and the
 * instructions that change the table. Every act is a step of the trace.
 *
 * Left out: caches (a private read after a host write is always what memory holds), ciphertext hiding (a host read of a guest's
 * page gives ciphertext; newer parts can hide it), interrupts, and everything of a processor but its memory accesses.
 */
import { bytesOf, Data, type DataLike } from '../machine/data.ts';
import { PhysicalMemory } from '../machine/memory.ts';
import type { TablesPicture } from '../picture.ts';
import { show } from '../show.ts';
import { type Owner, type OwnerRun, type Ownership, Trace } from '../trace.ts';
import { GiB, PAGE } from '../units.ts';
import { hex, onePage } from './address.ts';
import { pageReclaim } from './firmware-pages.ts';
import { HostMap } from './host-map.ts';
import { type PageState, pageState, stateOwner } from './page-state.ts';
import { Rmp } from './rmp.ts';
import { hostAccess, type MapLevel } from './rmp-access.ts';
import { REGION_BYTES, RMP_PG_SIZE_4K, type RmpEntry, type RmpPageSize } from './rmp-entry.ts';
import type { RmpFail, RmpFault } from './rmp-fault.ts';
import { psmash, type RmpState, rmpupdate } from './rmp-host.ts';
import { SnpGuest, type SnpGuestOptions } from './snp-guest.ts';
import { drawTables } from './snp-picture.ts';
import type { FirmwareStatus } from './status.ts';
import { checkHostStructure, checkVmsa } from './vmrun.ts';

export interface SnpMachineOptions {
  /** Frames that something else hands out, such as those of a Host; its own otherwise. */
  readonly memory?: PhysicalMemory;
  /** Where steps are recorded, such as the trace of a Host; its own otherwise. */
  readonly trace?: Trace;
  /** Bytes of system memory that the RMP covers, from address 0; all by default, none is a machine without SNP. */
  readonly rmp_end?: number;
  /** Size at which the host's direct map shows memory before anything is split; 4K by default. */
  readonly direct_map?: MapLevel;
}

/** Memory under a name, as pictures and gutter show it. */
export interface NamedMemory {
  readonly name: string;
  /** First physical address, bytes. */
  readonly spa: number;
  readonly pages: number;
}

/** What VMRUN is given. Physical addresses in bytes. */
export interface VmrunOperands {
  readonly vmcb: number;
  /** Register save area, and the guest address at which the VMCB names it. */
  readonly vmsa?: { readonly spa: number; readonly gpa: number };
  readonly avic_backing_page?: number;
}

export class SnpMachine {
  readonly memory: PhysicalMemory;
  readonly trace: Trace;
  readonly rmp: Rmp;
  readonly direct_map: HostMap;
  readonly guests: SnpGuest[] = [];
  readonly named: NamedMemory[] = [];
  /** Page frames that could not be taken back and are never used again (snp_leaked_pages_list). */
  readonly leaked = new Set<number>();
  #changed: string[] = [];
  #touched = new Set<NamedMemory>();
  #depth = 0;
  /** Rows of the last picture, to mark what changed since. */
  readonly drawn = new Map<string, string>();

  constructor(options: SnpMachineOptions = {}) {
    this.memory = options.memory ?? new PhysicalMemory((4 * GiB) / PAGE);
    this.trace = options.trace ?? new Trace();
    this.rmp = new Rmp(options.rmp_end ?? Number.MAX_SAFE_INTEGER);
    this.direct_map = new HostMap(options.direct_map ?? '4K');
  }

  /**
   * The host takes `bytes` of memory and gives it a name for pictures. Physical address of its first byte. From 2 MiB on it
   * begins at a multiple of 2 MiB.
   */
  alloc(name: string, bytes: number = PAGE): number {
    const pages = Math.max(1, Math.ceil(bytes / PAGE));
    return this.step('host', 'alloc', [show(name), show(bytes)], () => {
      const spa = this.#frames(pages, bytes >= REGION_BYTES ? REGION_BYTES / PAGE : 1) * PAGE;
      this.touch(this.name(name, spa, pages));
      return spa;
    });
  }

  /** `count` neighboring frames, the first at a multiple of `alignment`; frames that do not fit go back. */
  #frames(count: number, alignment: number): number {
    const spare = [];
    let first: number | undefined;
    let got = 0;
    while (got < count) {
      const frame = this.memory.allocate();
      if (frame === undefined) throw new RangeError('the machine has no memory left');
      if (first !== undefined && frame.pfn === first + got) got++;
      else if (frame.pfn % alignment === 0) {
        // What was collected so far is too short: the run starts again here.
        for (let page = 0; page < got; page++) spare.push(this.memory.frame((first as number) + page));
        first = frame.pfn;
        got = 1;
      } else spare.push(frame);
    }
    for (const frame of spare.reverse()) if (frame !== undefined) this.memory.put(frame);
    return first as number;
  }

  /** Gives memory that something else handed out a name, so that gutter and pictures show it. */
  name(name: string, spa: number, pages: number): NamedMemory {
    const own = { name, spa, pages };
    this.named.push(own);
    return own;
  }

  /** A guest. `mode` is 'snp' unless said otherwise. */
  guest(name: string, options: SnpGuestOptions): SnpGuest {
    const guest = new SnpGuest(this, name, options);
    this.guests.push(guest);
    return guest;
  }

  /** The state of the page at a physical address, from its entry. */
  page_state(spa: number): PageState {
    return pageState(this.rmp.lookup(Math.floor(spa / PAGE)));
  }

  /** The entry that rules the page at a physical address; undefined where the RMP does not cover it. */
  rmp_entry(spa: number): RmpEntry | undefined {
    return this.rmp.lookup(Math.floor(spa / PAGE));
  }

  // What the hypervisor does.

  /** RMPUPDATE. 0, or the code with a reason. */
  rmpupdate(spa: number, state: RmpState): 0 | RmpFail {
    return this.entryStep('host', 'rmpupdate', spa, [hex(spa), stateText(state)], () =>
      rmpupdate(this.rmp, spa, state),
    );
  }

  /** PSMASH: splits the 2M entry at `spa`. */
  psmash(spa: number): 0 | RmpFail {
    return this.entryStep('host', 'psmash', spa, [hex(spa)], () => {
      const result = psmash(this.rmp, spa);
      if (result === 0) this.note('one 2M entry → 512 entries of 4K');
      return result;
    });
  }

  /** The host stores bytes through its direct map. 0, or the page fault. Within one page. */
  host_write(spa: number, data: DataLike): 0 | RmpFault {
    const bytes = bytesOf(data);
    return this.step('host', 'host_write', [hex(spa), show(data)], () => {
      this.touchAddress(spa);
      const pfn = onePage(spa, bytes.length);
      const fault = hostAccess(this.rmp, pfn, { access: 'data-write', map_level: this.direct_map.levelOf(pfn) });
      if (fault !== undefined) return fault;
      this.frame(pfn).write(spa % PAGE, bytes);
      return 0;
    });
  }

  /** The host loads bytes through its direct map: what memory holds, ciphertext where a guest wrote privately. Never refused. */
  host_read(spa: number, length: number): Data {
    return this.step('host', 'host_read', [hex(spa), String(length)], () => {
      this.touchAddress(spa);
      return new Data(this.frame(onePage(spa, length)).read(spa % PAGE, length));
    });
  }

  /** Maps the 2 MiB region of `spa` page by page in the direct map. How many large mappings were split so far. */
  split(spa: number): number {
    return this.step('host', 'split', [hex(spa)], () => {
      if (this.direct_map.split(spa))
        this.note(`direct map of ${hex(spa - (spa % REGION_BYTES))}: ${this.direct_map.level} → 4K`);
      this.touchAddress(spa);
      return this.direct_map.splits;
    });
  }

  /** Points a guest physical address at a page in the guest's nested page table. The hypervisor may always do that. */
  npt_map(guest: SnpGuest, gpa: number, spa: number, level: MapLevel = '4K'): 0 {
    return this.step('host', 'npt_map', [guest.name, hex(gpa), hex(spa), level], () => {
      guest.npt.map(gpa, spa, level);
      this.note(`${guest.name}: ${hex(gpa)} → ${hex(spa)}, ${level}`);
      this.touchAddress(spa);
      return 0;
    });
  }

  /** Takes a guest physical address out of the nested page table. */
  npt_unmap(guest: SnpGuest, gpa: number): 0 {
    return this.step('host', 'npt_unmap', [guest.name, hex(gpa)], () => {
      const behind = guest.npt.translate(gpa);
      guest.npt.unmap(gpa);
      if (behind !== undefined) this.touchAddress(behind.spa);
      return 0;
    });
  }

  /** VMRUN: 0 and the pages stay in use until `vmexit`, or what the RMP refuses. */
  vmrun(guest: SnpGuest, { vmcb, vmsa, avic_backing_page: avic }: VmrunOperands): 0 | RmpFault {
    return this.step('host', 'vmrun', [guest.name, hex(vmcb)], () => {
      const pages = [vmcb, avic, vmsa?.spa].filter((spa) => spa !== undefined);
      for (const spa of pages) this.touchAddress(spa);
      const problem =
        checkHostStructure(this.rmp, vmcb, 'VMCB') ??
        (avic === undefined ? undefined : checkHostStructure(this.rmp, avic, 'AVIC backing page')) ??
        (vmsa === undefined
          ? undefined
          : guest.mode === 'snp'
            ? checkVmsa(this.rmp, vmsa.spa, { asid: guest.asid, gpa: vmsa.gpa })
            : checkHostStructure(this.rmp, vmsa.spa, 'VMSA of an SEV-ES guest'));
      if (problem !== undefined) return problem;
      guest.running.push(...pages.map((spa) => Math.floor(spa / PAGE)));
      for (const pfn of guest.running) this.rmp.hold(pfn);
      return 0;
    });
  }

  /** The guest leaves: its pages are no longer in use. */
  vmexit(guest: SnpGuest): 0 {
    return this.step('host', 'vmexit', [guest.name], () => {
      for (const pfn of guest.running.splice(0)) this.rmp.release(pfn);
      return 0;
    });
  }

  /** WRMSR of VM_HSAVE_PA, and VMSAVE in host mode: the processor will write to that page. */
  wrmsr_vm_hsave_pa(spa: number): 0 | RmpFault {
    return this.step(
      'host',
      'wrmsr_vm_hsave_pa',
      [hex(spa)],
      () => checkHostStructure(this.rmp, spa, 'VM_HSAVE_PA') ?? 0,
    );
  }

  vmsave(spa: number): 0 | RmpFault {
    return this.step('host', 'vmsave', [hex(spa)], () => checkHostStructure(this.rmp, spa, 'VMSAVE') ?? 0);
  }

  /** SNP_PAGE_RECLAIM: the firmware gives an immutable page back. */
  snp_page_reclaim(spa: number, size: RmpPageSize = RMP_PG_SIZE_4K): FirmwareStatus {
    return this.entryStep('firmware', 'snp_page_reclaim', spa, [hex(spa)], () => pageReclaim(this.rmp, spa, size));
  }

  /**
   * snp_leak_pages: the kernel gives up a page that the firmware does not give back, since a store to it would fault for ever.
   * How many pages have leaked. Source: arch/x86/virt/svm/sev.c, Linux 6.16.1.
   */
  snp_leak_pages(spa: number): number {
    return this.step('host', 'snp_leak_pages', [hex(spa)], () => {
      this.leaked.add(Math.floor(spa / PAGE));
      this.note(`${hex(spa)}: ${this.page_state(spa)}, leaked`);
      this.touchAddress(spa);
      return this.leaked.size;
    });
  }

  /** Every table as it is now, beside each other. Rows that differ from the last picture are marked. */
  picture(title: string): TablesPicture {
    return drawTables(this, title);
  }

  // For the guests, and for what else is built on the machine.

  frame(pfn: number) {
    const frame = this.memory.frame(pfn);
    if (frame === undefined) throw new RangeError(`the machine has not handed out page frame ${hex(pfn)}`);
    return frame;
  }

  /** A step that may change the state of the page at `spa`. */
  entryStep<T>(actor: string, op: string, spa: number, args: readonly string[], body: () => T): T {
    return this.step(actor, op, args, () => {
      const before = this.page_state(spa);
      const value = body();
      const after = this.page_state(spa);
      if (before !== after) this.note(`${hex(spa)}: ${before} → ${after}`);
      this.touchAddress(spa);
      return value;
    });
  }

  note(clause: string): void {
    this.#changed.push(clause);
  }

  touch(memory: NamedMemory): void {
    this.#touched.add(memory);
  }

  touchAddress(spa: number): void {
    const own = this.named.find((one) => spa >= one.spa && spa < one.spa + one.pages * PAGE);
    if (own !== undefined) this.touch(own);
  }

  /** The letter of a page: by its state; a hypervisor page that a guest reaches as shared is shared. */
  ownerOf(pfn: number): Owner {
    if (this.leaked.has(pfn)) return '!';
    const owner = stateOwner(pageState(this.rmp.lookup(pfn)));
    return owner === 'H' && this.guests.some((guest) => guest.sharesFrame(pfn)) ? 'S' : owner;
  }

  ownership({ name, spa, pages }: NamedMemory): Ownership {
    const runs: [Owner, number][] = [];
    const first = spa / PAGE;
    for (let pfn = first; pfn < first + pages; pfn++) {
      const owner = this.ownerOf(pfn);
      const last = runs.at(-1);
      if (last !== undefined && last[0] === owner) last[1]++;
      else runs.push([owner, 1]);
    }
    return { object: name, first: 0, runs: runs as OwnerRun[] };
  }

  /** Runs one step and records it. A step inside a step is part of it. */
  step<T>(actor: string, op: string, args: readonly string[], body: () => T): T {
    if (this.#depth > 0) return body();
    this.#changed = [];
    this.#touched = new Set();
    this.#depth++;
    let value: T;
    try {
      value = body();
    } finally {
      this.#depth--;
    }
    const said = (value as { why?: unknown } | null | undefined)?.why;
    this.trace.record({
      actor,
      op,
      args,
      result: show(value),
      ...(typeof said === 'string' ? { why: said } : {}),
      changed: this.#changed,
      owners: [...this.#touched].map((memory) => this.ownership(memory)),
    });
    return value;
  }
}

function stateText(state: RmpState): string {
  const fields = Object.entries(state).map(
    ([name, value]) => `${name}: ${name === 'gpa' ? hex(Number(value)) : value}`,
  );
  return fields.length === 0 ? '{}' : `{ ${fields.join(', ')} }`;
}
