/**
 * A TD while it is built, as far as its measurement sees it: which guest pages exist, in which state, and which calls the module
 * refuses. What a refused call would have measured is not measured.
 *
 * Source: intel/tdx-module 1.5.01 (72d8cffb214b); the answers were run (content/evidence/tdx_mrtd). Left out: everything that no
 * call before TDH.MR.FINALIZE can notice; tables of the Secure EPT are made when a page needs them, and physical pages are
 * numbers.
 */
import type { Digest } from '../digest.ts';
import { show } from '../show.ts';
import { type Owner, Trace } from '../trace.ts';
import { PAGE } from '../units.ts';
import { type Content, zeros } from './content.ts';
import { CHUNK, Measurement } from './measurement.ts';
import { TDX_SUCCESS, TdxStatus } from './status.ts';

export interface TdBuildOptions {
  /** Guest physical address width: 0 = 48 bits, shared bit 47; 1 = 52 bits, shared bit 51. */
  readonly gpaw?: 0 | 1;
  /** VCPUs that exist when TDH.MR.FINALIZE is called. */
  readonly vcpus?: number;
  readonly name?: string;
}

export type Address = number | bigint;

/** An entry of the Secure EPT for a 4 KiB page. */
interface Entry {
  state: 'MAPPED' | 'BLOCKED' | 'PENDING' | 'PENDING_BLOCKED';
  /** Which physical page backs it; physical addresses are never measured. */
  page: number;
  content: Content;
}

export const gpaHex = (gpa: bigint): string => `0x${gpa.toString(16)}`;

const PAGE_BITS = 12n;
const LEVEL_BITS = 9n;
const STATES = {
  MAPPED: 'BLOCKED',
  PENDING: 'PENDING_BLOCKED',
  BLOCKED: 'MAPPED',
  PENDING_BLOCKED: 'PENDING',
} as const;

export class TdBuild {
  readonly trace = new Trace();
  readonly gpaw: 0 | 1;
  readonly name: string;
  vcpus: number;
  readonly #measurement = new Measurement();
  readonly #entries = new Map<bigint, Entry>();
  readonly #tables = new Set<string>();
  /** Physical pages that the PAMT notes as in use. */
  readonly #used = new Set<number>();
  #nextPage = 0;
  #last = this.#measurement.digest;

  constructor({ gpaw = 0, vcpus = 1, name = 'td' }: TdBuildOptions = {}) {
    this.gpaw = gpaw;
    this.vcpus = vcpus;
    this.name = name;
  }

  /** What MRTD would be if TDH.MR.FINALIZE were called now; MRTD itself afterwards. */
  get digest(): Digest {
    return this.#measurement.digest;
  }

  get finalized(): boolean {
    return this.#measurement.closed;
  }

  /** True when a page stands at this address, in whatever state. */
  has(gpa: Address): boolean {
    return this.#entries.has(BigInt(gpa) >> PAGE_BITS);
  }

  /** The chunk that TDH.MR.EXTEND measures at `gpa`; undefined where no page is mapped. */
  chunk(gpa: Address): Uint8Array | undefined {
    const entry = this.#entries.get(BigInt(gpa) >> PAGE_BITS);
    return entry?.state === 'MAPPED' ? entry.content(Number(BigInt(gpa) & BigInt(PAGE - 1)), CHUNK) : undefined;
  }

  /**
   * Adds the page at `gpa` with this content. Measures the address alone. `target` is the address of a guest page whose
   * physical page is to be used again; without it a free one is taken.
   */
  tdh_mem_page_add(gpa: Address, content: Content = zeros, target?: Address): TdxStatus {
    return this.#step('tdh_mem_page_add', gpa, (at) => {
      const wrong = this.#building() ?? this.#private(at, BigInt(PAGE));
      if (wrong !== undefined) return wrong;
      this.#makeTables(at, 1);
      const refused = this.#mustBeFree(at) ?? this.#taken(target);
      if (refused !== undefined) return refused;
      this.#install(at, { state: 'MAPPED', page: this.#take(), content });
      this.#measurement.page_add(at);
      return TDX_SUCCESS;
    });
  }

  /** Measures 256 bytes of a page that was added, and their address. */
  tdh_mr_extend(gpa: Address): TdxStatus {
    return this.#step('tdh_mr_extend', gpa, (at) => {
      const wrong = this.#building() ?? this.#private(at, BigInt(CHUNK));
      if (wrong !== undefined) return wrong;
      const chunk = this.chunk(at);
      if (chunk === undefined) {
        return new TdxStatus('TDX_EPT_ENTRY_NOT_PRESENT', 'RCX', `No page is mapped at ${gpaHex(at)}.`);
      }
      this.#measurement.extend(at, chunk);
      return TDX_SUCCESS;
    });
  }

  /** The 16 calls of TDH.MR.EXTEND that measure a whole page. Stops at the first that is refused. */
  extendPage(gpa: Address): TdxStatus {
    for (let at = 0; at < PAGE; at += CHUNK) {
      const status = this.tdh_mr_extend(BigInt(gpa) + BigInt(at));
      if (status.error) return status;
    }
    return TDX_SUCCESS;
  }

  /** Closes the measurement: the TD may run, and nothing can be added with content any more. */
  tdh_mr_finalize(): TdxStatus {
    return this.#step('tdh_mr_finalize', undefined, () => {
      const wrong = this.#building();
      if (wrong !== undefined) return wrong;
      if (this.vcpus < 1) return new TdxStatus('TDX_NO_VCPUS', undefined, 'A TD needs a VCPU before it is finalized.');
      this.#measurement.close();
      return TDX_SUCCESS;
    });
  }

  /** Takes a page away. What was measured stays measured. Before TDH.MR.FINALIZE it need not be blocked first. */
  tdh_mem_page_remove(gpa: Address): TdxStatus {
    return this.#step('tdh_mem_page_remove', gpa, (at) => {
      const entry = this.#private(at, BigInt(PAGE)) ?? this.#walk(at);
      if (entry instanceof TdxStatus) return entry;
      if (this.finalized) {
        return new TdxStatus(
          'TDX_GPA_RANGE_NOT_BLOCKED',
          'RCX',
          'The TD may run: a page has to be blocked and tracked first.',
        );
      }
      this.#used.delete(entry.page);
      this.#entries.delete(at >> PAGE_BITS);
      return TDX_SUCCESS;
    });
  }

  /** Adds a page that the guest has to accept. It is not measured, and cannot be extended. */
  tdh_mem_page_aug(gpa: Address): TdxStatus {
    return this.#step('tdh_mem_page_aug', gpa, (at) => {
      const wrong = this.#private(at, BigInt(PAGE));
      if (wrong !== undefined) return wrong;
      this.#makeTables(at, 1);
      const free = this.#mustBeFree(at);
      if (free !== undefined) return free;
      this.#install(at, { state: 'PENDING', page: this.#take(), content: zeros });
      return TDX_SUCCESS;
    });
  }

  /** Blocks one page: no access until it is unblocked. */
  tdh_mem_range_block(gpa: Address): TdxStatus {
    return this.#step('tdh_mem_range_block', gpa, (at) => {
      const entry = this.#private(at, BigInt(PAGE)) ?? this.#walk(at);
      if (entry instanceof TdxStatus) return entry;
      if (entry.state === 'BLOCKED' || entry.state === 'PENDING_BLOCKED') {
        return new TdxStatus('TDX_GPA_RANGE_ALREADY_BLOCKED', 'RCX', 'The page is blocked already.');
      }
      entry.state = STATES[entry.state];
      return TDX_SUCCESS;
    });
  }

  /** The inverse of blocking; the content stays. */
  tdh_mem_range_unblock(gpa: Address): TdxStatus {
    return this.#step('tdh_mem_range_unblock', gpa, (at) => {
      const entry = this.#private(at, BigInt(PAGE)) ?? this.#walk(at);
      if (entry instanceof TdxStatus) return entry;
      if (entry.state === 'MAPPED' || entry.state === 'PENDING') {
        return new TdxStatus('TDX_EPT_ENTRY_STATE_INCORRECT', 'RCX', 'The page is not blocked.');
      }
      entry.state = STATES[entry.state];
      return TDX_SUCCESS;
    });
  }

  /** Moves a page to another physical page. Physical addresses are not measured. */
  tdh_mem_page_relocate(gpa: Address): TdxStatus {
    return this.#step('tdh_mem_page_relocate', gpa, (at) => {
      const entry = this.#private(at, BigInt(PAGE)) ?? this.#walk(at);
      if (entry instanceof TdxStatus) return entry;
      this.#used.delete(entry.page);
      entry.page = this.#take();
      this.#used.add(entry.page);
      if (entry.state === 'BLOCKED' || entry.state === 'PENDING_BLOCKED') entry.state = STATES[entry.state];
      return TDX_SUCCESS;
    });
  }

  /** Adds a table of the Secure EPT at `level` (1 covers 2 MiB); tables above it are made silently. Not measured. */
  tdh_mem_sept_add(gpa: Address, level = 1): TdxStatus {
    return this.#step('tdh_mem_sept_add', gpa, (at) => {
      const size = 1n << (PAGE_BITS + LEVEL_BITS * BigInt(level));
      const wrong = level < 1 || level > 4 ? operand(`Level ${level} has no table.`) : this.#private(at, size);
      if (wrong !== undefined) return wrong;
      if (this.#tables.has(tableName(at, level))) {
        return new TdxStatus('TDX_EPT_ENTRY_STATE_INCORRECT', 'RCX', 'The table is there already.');
      }
      this.#makeTables(at, level);
      return TDX_SUCCESS;
    });
  }

  #building(): TdxStatus | undefined {
    if (!this.finalized) return undefined;
    return new TdxStatus('TDX_OP_STATE_INCORRECT', undefined, 'The TD was finalized: its measurement is closed.');
  }

  #private(gpa: bigint, unit: bigint): TdxStatus | undefined {
    if (gpa % unit !== 0n) return operand(`${gpaHex(gpa)} is not a multiple of ${unit}.`);
    const bit = this.gpaw === 0 ? 47n : 51n;
    if (gpa >> bit === 0n) return undefined;
    return operand(`${gpaHex(gpa)} has the shared bit ${bit} or a bit above it: it is no private address.`);
  }

  #taken(target: Address | undefined): TdxStatus | undefined {
    if (target === undefined) return undefined;
    const page = this.#entries.get(BigInt(target) >> PAGE_BITS)?.page;
    if (page === undefined || !this.#used.has(page)) return undefined;
    return new TdxStatus('TDX_PAGE_METADATA_INCORRECT', 'R8', 'The physical page belongs to a guest page already.');
  }

  #mustBeFree(gpa: bigint): TdxStatus | undefined {
    const entry = this.#entries.get(gpa >> PAGE_BITS);
    if (entry === undefined) return undefined;
    return new TdxStatus('TDX_EPT_ENTRY_STATE_INCORRECT', 'RCX', `${gpaHex(gpa)} is ${entry.state}, not free.`);
  }

  #walk(gpa: bigint): Entry | TdxStatus {
    const entry = this.#entries.get(gpa >> PAGE_BITS);
    if (entry !== undefined) return entry;
    if (this.#tables.has(tableName(gpa, 1))) {
      return new TdxStatus('TDX_EPT_ENTRY_STATE_INCORRECT', 'RCX', `${gpaHex(gpa)} is free.`);
    }
    return new TdxStatus('TDX_EPT_WALK_FAILED', 'RCX', `There is no table for ${gpaHex(gpa)}.`);
  }

  #makeTables(gpa: bigint, lowest: number): void {
    for (let level = lowest; level <= 4; level++) this.#tables.add(tableName(gpa, level));
  }

  #install(gpa: bigint, entry: Entry): void {
    this.#entries.set(gpa >> PAGE_BITS, entry);
    this.#used.add(entry.page);
  }

  #take(): number {
    return this.#nextPage++;
  }

  #step(op: string, gpa: Address | undefined, call: (gpa: bigint) => TdxStatus): TdxStatus {
    const at = BigInt(gpa ?? 0);
    const before = this.#last;
    const status = call(at);
    const after = this.digest;
    this.#last = after;
    const changed = before.equals(after) ? [] : [`digest ${show(before)} → ${show(after)}`];
    this.trace.record({
      actor: 'kvm',
      op,
      args: gpa === undefined ? [] : [gpaHex(at)],
      result: show(status),
      ...(status.error && { why: status.why }),
      changed: op === 'tdh_mr_finalize' && !status.error ? ['MRTD is final'] : changed,
      owners: gpa === undefined ? [] : [this.#ownership(at)],
    });
    return status;
  }

  #ownership(gpa: bigint): { object: string; first: number; runs: readonly [Owner, number][] } {
    const page = gpa >> PAGE_BITS;
    const entry = this.#entries.get(page);
    const owner: Owner = entry === undefined ? '·' : entry.state === 'MAPPED' ? 'P' : 'F';
    return { object: this.name, first: Number(page), runs: [[owner, 1]] };
  }
}

const operand = (why: string): TdxStatus => new TdxStatus('TDX_OPERAND_INVALID', 'RCX', why);

const tableName = (gpa: bigint, level: number): string => `${level}:${gpa >> (PAGE_BITS + LEVEL_BITS * BigInt(level))}`;
