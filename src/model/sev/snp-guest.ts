/**
 * A guest of a machine with an RMP: its own page table with the C-bit, and the accesses and instructions that it makes. The
 * nested page table is the hypervisor's, so every address of the guest goes through what the host put there.
 */

import { BLOCK, MemoryKey } from '../machine/cipher.ts';
import { bytesOf, Data, type DataLike } from '../machine/data.ts';
import { show } from '../show.ts';
import { PAGE } from '../units.ts';
import { hex, onePage } from './address.ts';
import { NestedMap } from './nested-map.ts';
import { type Access, plainGuestAccess, snpGuestAccess } from './rmp-access.ts';
import { RMP_PG_SIZE_4K, type RmpPageSize } from './rmp-entry.ts';
import { RmpFail, RmpFault } from './rmp-fault.ts';
import {
  type GuestPage,
  pvalidate,
  type RmpAnswer,
  type RmpAttributes,
  rmpadjust,
  rmpquery,
  type Validated,
} from './rmp-guest.ts';
import type { SnpMachine } from './snp-machine.ts';

export interface SnpGuestOptions {
  /** Address space identifier, from 1. */
  readonly asid: number;
  /** `snp`, or a guest that the RMP does not know: `sev` encrypts its private pages, `plain` does not. */
  readonly mode?: 'snp' | 'sev' | 'plain';
  /** VIRTUAL_TOM in bytes: data below is private, from there on shared, and the C-bits of the page table are not used. */
  readonly vtom?: number;
}

/** Where an access ends up. */
interface Place {
  readonly spa: number;
  readonly private: boolean;
}

export class SnpGuest {
  readonly name: string;
  readonly asid: number;
  readonly mode: 'snp' | 'sev' | 'plain';
  readonly vtom: number | undefined;
  readonly npt = new NestedMap();
  /** Page frames that a running virtual processor keeps in use. */
  readonly running: number[] = [];
  /** Privilege level of the code that acts: 0 to 3. */
  vmpl = 0;
  /** Current privilege level of the processor: 3 is user space. */
  cpl = 0;
  /** Guest physical address of a page table page. Where it is set, every access walks it first. */
  page_table: number | undefined;
  readonly #machine: SnpMachine;
  readonly #key: MemoryKey;
  /** By guest virtual page: what the guest's page table says where it differs from an identity map of private pages. */
  readonly #pages = new Map<number, { readonly gpa: number; readonly c_bit: 0 | 1 }>();

  constructor(machine: SnpMachine, name: string, { asid, mode = 'snp', vtom }: SnpGuestOptions) {
    this.#machine = machine;
    this.name = name;
    this.asid = asid;
    this.mode = mode;
    this.vtom = vtom;
    this.#key = new MemoryKey(`${asid} ${name}`);
  }

  // The guest's own page table.

  /** Maps a guest virtual page. Without any mapping, virtual and physical address are the same and pages are private. */
  map(gva: number, gpa: number, c_bit: 0 | 1 = 1): 0 {
    return this.#machine.step(this.name, 'map', [hex(gva), hex(gpa), `C ${c_bit}`], () => {
      this.#pages.set(Math.floor(gva / PAGE), { gpa: gpa - (gpa % PAGE), c_bit });
      const behind = this.npt.translate(gpa);
      if (behind !== undefined) this.#machine.touchAddress(behind.spa);
      return 0 as const;
    });
  }

  /** Sets or clears the C-bit of a page in the guest's page table: 1 is private, 0 shared. */
  set_c_bit(gva: number, c_bit: 0 | 1): 0 {
    return this.#machine.step(this.name, 'set_c_bit', [hex(gva), String(c_bit)], () =>
      this.map(gva, this.#walk(gva).gpa, c_bit),
    );
  }

  /** From now on every access walks a page table page at this guest physical address first. */
  load_cr3(gpa: number): 0 {
    return this.#machine.step(this.name, 'load_cr3', [hex(gpa)], () => {
      this.page_table = gpa;
      return 0 as const;
    });
  }

  /** Rows of the guest's page table that were written. */
  get mappings(): { readonly gva: number; readonly gpa: number; readonly c_bit: 0 | 1 }[] {
    return [...this.#pages]
      .sort(([a], [b]) => a - b)
      .map(([page, { gpa, c_bit }]) => ({ gva: page * PAGE, gpa, c_bit }));
  }

  #walk(gva: number): { readonly gpa: number; readonly c_bit: 0 | 1 } {
    const page = this.#pages.get(Math.floor(gva / PAGE));
    const gpa = (page?.gpa ?? gva - (gva % PAGE)) + (gva % PAGE);
    if (this.vtom !== undefined) return { gpa, c_bit: gpa < this.vtom ? 1 : 0 };
    return { gpa, c_bit: page?.c_bit ?? (this.mode === 'plain' ? 0 : 1) };
  }

  /** True where this guest's tables reach a page frame as shared. */
  sharesFrame(pfn: number): boolean {
    return [...this.#pages.values()].some(({ gpa, c_bit }) => {
      const behind = c_bit === 0 ? this.npt.translate(gpa) : undefined;
      return behind !== undefined && Math.floor(behind.spa / PAGE) === pfn;
    });
  }

  // Accesses.

  /** The guest loads bytes at a virtual address. Within one page. */
  read(gva: number, length: number): Data | RmpFault {
    return this.#machine.step(this.name, 'read', [hex(gva), String(length)], () => {
      const place = this.#reach(gva, length, 'data-read');
      if (place instanceof RmpFault) return place;
      return new Data(this.#plain(place, length));
    });
  }

  /** The guest stores bytes at a virtual address. Within one page. */
  write(gva: number, data: DataLike): 0 | RmpFault {
    const bytes = bytesOf(data);
    return this.#machine.step(this.name, 'write', [hex(gva), show(data)], () => {
      const place = this.#reach(gva, bytes.length, 'data-write');
      if (place instanceof RmpFault) return place;
      this.#store(place, bytes);
      return 0;
    });
  }

  /** The guest executes code at a virtual address; fetches are private whatever the C-bit says. 0, or the fault. */
  fetch(gva: number): 0 | RmpFault {
    return this.#machine.step(this.name, 'fetch', [hex(gva)], () => {
      const place = this.#reach(gva, 1, 'fetch');
      return place instanceof RmpFault ? place : 0;
    });
  }

  #reach(gva: number, length: number, access: Access): Place | RmpFault {
    onePage(gva, length);
    if (this.page_table !== undefined) {
      const walked = this.#check(gva, this.page_table, 1, 'page-table-access');
      if (walked instanceof RmpFault) return walked;
    }
    const { gpa, c_bit } = this.#walk(gva);
    return this.#check(gva, gpa, c_bit, access);
  }

  #check(gva: number, gpa: number, c_bit: 0 | 1, access: Access): Place | RmpFault {
    const behind = this.npt.translate(gpa);
    if (behind === undefined) {
      return new RmpFault('#NPF', 'translation', 'The nested page table has no page at this guest address.');
    }
    const { spa, level: map_level } = behind;
    this.#machine.touchAddress(spa);
    const pfn = Math.floor(spa / PAGE);
    const { rmp } = this.#machine;
    const fault =
      this.mode === 'snp'
        ? snpGuestAccess(rmp, pfn, {
            access,
            map_level,
            asid: this.asid,
            gva,
            gpa,
            c_bit,
            vmpl: this.vmpl,
            cpl: this.cpl,
          })
        : plainGuestAccess(rmp, pfn, { access, map_level });
    return fault ?? { spa, private: c_bit === 1 };
  }

  /** The blocks around a range, as the guest sees them. */
  #blocks({ spa, private: secret }: Place, length: number): { readonly first: number; readonly bytes: Uint8Array } {
    const offset = spa % PAGE;
    const first = offset - (offset % BLOCK);
    const end = Math.ceil((offset + length) / BLOCK) * BLOCK;
    const stored = this.#machine.frame(Math.floor(spa / PAGE)).read(first, end - first);
    const bytes = secret ? this.#key.decrypt(spa - offset + first, stored) : stored;
    return { first, bytes };
  }

  /** What the firmware does to a page of this guest: memory holds `plain` under the guest's key. Within one page. */
  seal(spa: number, plain: Uint8Array): void {
    onePage(spa, plain.length);
    this.#store({ spa, private: true }, plain);
  }

  /** What the guest's key makes of the memory at `spa`. Within one page. */
  unseal(spa: number, length: number): Uint8Array {
    onePage(spa, length);
    return this.#plain({ spa, private: true }, length);
  }

  #plain(place: Place, length: number): Uint8Array {
    const { first, bytes } = this.#blocks(place, length);
    const from = (place.spa % PAGE) - first;
    return bytes.slice(from, from + length);
  }

  #store(place: Place, data: Uint8Array): void {
    const { first, bytes } = this.#blocks(place, data.length);
    const changed = Uint8Array.from(bytes);
    changed.set(data, (place.spa % PAGE) - first);
    const page = place.spa - (place.spa % PAGE);
    this.#machine.frame(page / PAGE).write(first, place.private ? this.#key.encrypt(page + first, changed) : changed);
  }

  // Instructions.

  #page(gva: number): GuestPage | RmpFault {
    const { gpa } = this.#walk(gva);
    const behind = this.npt.translate(gpa);
    if (behind === undefined) {
      return new RmpFault('#NPF', 'translation', 'The nested page table has no page at this guest address.');
    }
    return { pfn: Math.floor(behind.spa / PAGE), gva, gpa, asid: this.asid, vmpl: this.vmpl };
  }

  #instruction<T>(
    op: string,
    gva: number,
    args: readonly string[],
    body: (page: GuestPage) => T,
  ): T | RmpFail | RmpFault {
    const page = this.#page(gva);
    const run = () => {
      if (this.mode !== 'snp')
        return new RmpFail('refused', 'The instruction is for SNP guests; what another guest gets was not read.');
      return page instanceof RmpFault ? page : body(page);
    };
    const spa = page instanceof RmpFault ? undefined : page.pfn * PAGE;
    const all = [hex(gva), ...args];
    return spa === undefined
      ? this.#machine.step(this.name, op, all, run)
      : this.#machine.entryStep(this.name, op, spa, all, run);
  }

  /** PVALIDATE: accepts (1) or gives up (0) the page at a virtual address. */
  pvalidate(gva: number, validate: 0 | 1, size: RmpPageSize = RMP_PG_SIZE_4K): Validated | RmpFail | RmpFault {
    return this.#instruction('pvalidate', gva, [sizeText(size), String(validate)], (page) =>
      pvalidate(this.#machine.rmp, page, size, validate),
    );
  }

  /** RMPADJUST: permissions of a higher VMPL on the page at a virtual address. */
  rmpadjust(gva: number, attributes: RmpAttributes, size: RmpPageSize = RMP_PG_SIZE_4K): 0 | RmpFail | RmpFault {
    return this.#instruction('rmpadjust', gva, [sizeText(size), show(attributes)], (page) =>
      rmpadjust(this.#machine.rmp, page, size, attributes),
    );
  }

  /** RMPQUERY: what a higher VMPL may do on the page at a virtual address. */
  rmpquery(gva: number, target_vmpl: number): RmpAnswer | RmpFail | RmpFault {
    return this.#instruction('rmpquery', gva, [String(target_vmpl)], (page) =>
      rmpquery(this.#machine.rmp, page, target_vmpl),
    );
  }
}

const sizeText = (size: RmpPageSize): string => (size === RMP_PG_SIZE_4K ? '4K' : '2M');
