/**
 * The TDX module as its callers see it: SEAMCALLs of the host by name, the guest's own calls, and the trace of all of them.
 *
 * Source: intel/tdx-module 1.5.01 (72d8cffb214b). The rules were compared with that program's answers, call by call (evidence page
 * tdx_sept). Operands come in the order of the wrappers of Linux 6.16.1 (arch/x86/virt/vmx/tdx/tdx.c); addresses are in bytes; a TD
 * is named by the physical address of its root page, as it is there. `level` is that of the entry a call works on: 0 is 4 KiB, 1 is
 * 2 MiB, 2 is 1 GiB.
 *
 * Left out: migration, nested VMs, TDX Connect, dynamic PAMT, huge pages of 1 GiB by TDH.MEM.PAGE.AUG (the module has none either),
 * locks other than those of an entry and of the TD's root page, and encryption.
 */
import type { Digest } from '../digest.ts';
import type { EpochsPicture, TablesPicture } from '../picture.ts';
import { show } from '../show.ts';
import { type Owner, type Ownership, Trace } from '../trace.ts';
import { PAGE } from '../units.ts';
import { type Interrupted, TdExit, type VirtualizationException } from './exit.ts';
import { type AcceptOptions, guestRead, guestWrite, pageAccept } from './guest-access.ts';
import { addressText, levelPages } from './levels.ts';
import * as life from './life-cycle.ts';
import { TdxMachine, type TdxOptions } from './machine.ts';
import * as memory from './memory-calls.ts';
import type { PageType } from './pamt.ts';
import { epochsPicture, septPicture } from './pictures.ts';
import type { Sept } from './sept.ts';
import type { SeptState } from './sept-states.ts';
import { TDX_SUCCESS, TdxStatus } from './status.ts';
import type { Td } from './td.ts';

/** The letter of a page by its type. */
const LETTER: Readonly<Record<PageType, Owner>> = {
  NDA: 'H',
  RSVD: 'F',
  REG: 'P',
  TDR: 'F',
  TDCX: 'F',
  TDVPR: 'F',
  EPT: 'F',
};

/** Calls that begin, end or wait for an epoch. */
const EPOCH_CALLS = new Set([
  'tdh_vp_enter',
  'td_exit',
  'tdh_mem_range_block',
  'tdh_mem_range_unblock',
  'tdh_mem_track',
  'tdh_mem_page_remove',
  'tdh_mem_page_relocate',
  'tdh_mem_page_demote',
  'tdh_mem_page_promote',
  'tdh_mem_sept_remove',
]);

export interface ModuleOptions extends TdxOptions {
  /** Where steps are recorded; a trace of its own otherwise. */
  readonly trace?: Trace;
}

/** What a guest's access gives: bytes, or what happened instead. */
export type GuestRead = Uint8Array | TdExit | VirtualizationException;

export class TdxModule {
  readonly trace: Trace;
  readonly machine: TdxMachine;
  /** Every SEAMCALL so far, in order, by name and status. */
  readonly calls: { readonly call: string; readonly status: string }[] = [];
  #touched = new Map<number, number>();
  #changed: string[] = [];

  constructor(options: ModuleOptions = {}) {
    this.trace = options.trace ?? new Trace();
    this.machine = new TdxMachine(options);
  }

  /** How many SEAMCALLs of this name were made; all of them without a name. */
  count(call?: string): number {
    return call === undefined ? this.calls.length : this.calls.filter((made) => made.call === call).length;
  }

  tdh_mng_create(td: number, hkid: number): TdxStatus {
    return this.#host('tdh_mng_create', [addressText(td), String(hkid)], [td], () =>
      life.mngCreate(this.machine, td, hkid),
    );
  }

  /** Once on each package. */
  tdh_mng_key_config(td: number, pkg = 0): TdxStatus {
    return this.#host('tdh_mng_key_config', [addressText(td)], [td], () => life.keyConfig(this.machine, td, pkg));
  }

  tdh_mng_addcx(td: number, page: number): TdxStatus {
    return this.#host('tdh_mng_addcx', [addressText(td), addressText(page)], [page], () =>
      life.addCx(this.machine, td, page),
    );
  }

  tdh_mng_init(td: number, params: life.TdParams = {}): TdxStatus {
    return this.#host('tdh_mng_init', [addressText(td), show(params)], [td], () =>
      life.mngInit(this.machine, td, params),
    );
  }

  tdh_vp_create(td: number, page: number): TdxStatus {
    return this.#host('tdh_vp_create', [addressText(td), addressText(page)], [page], () =>
      life.vpCreate(this.machine, td, page),
    );
  }

  tdh_mem_sept_add(td: number, gpa: number, level: number, page: number): TdxStatus {
    return this.#entry('tdh_mem_sept_add', td, gpa, level, page, () =>
      memory.septAdd(this.machine, td, gpa, level, page),
    );
  }

  /** `source` is the physical address of the host's page whose content is copied. Every level but 0 is refused. */
  tdh_mem_page_add(td: number, gpa: number, page: number, source: number, level = 0): TdxStatus {
    const body = () => memory.pageAdd(this.machine, td, gpa, page, source, level);
    return this.#entry('tdh_mem_page_add', td, gpa, level, page, body);
  }

  tdh_mem_page_aug(td: number, gpa: number, level: number, page: number): TdxStatus {
    return this.#entry('tdh_mem_page_aug', td, gpa, level, page, () =>
      memory.pageAug(this.machine, td, gpa, level, page),
    );
  }

  tdh_mem_range_block(td: number, gpa: number, level: number): TdxStatus {
    return this.#entry('tdh_mem_range_block', td, gpa, level, undefined, () =>
      memory.rangeBlock(this.machine, td, gpa, level),
    );
  }

  tdh_mem_range_unblock(td: number, gpa: number, level: number): TdxStatus {
    const body = () => memory.rangeUnblock(this.machine, td, gpa, level);
    return this.#entry('tdh_mem_range_unblock', td, gpa, level, undefined, body);
  }

  tdh_mem_track(td: number): TdxStatus {
    const before = this.machine.tds.get(td)?.epochs.epoch;
    return this.#host('tdh_mem_track', [addressText(td)], [], () => {
      const status = memory.track(this.machine, td);
      if (!status.error) this.#changed.push(`epoch ${before} → ${this.machine.tds.get(td)?.epochs.epoch}`);
      return status;
    });
  }

  tdh_mem_page_remove(td: number, gpa: number, level: number): TdxStatus {
    return this.#entry('tdh_mem_page_remove', td, gpa, level, undefined, () =>
      memory.pageRemove(this.machine, td, gpa, level),
    );
  }

  tdh_mem_sept_remove(td: number, gpa: number, level: number): TdxStatus {
    return this.#entry('tdh_mem_sept_remove', td, gpa, level, undefined, () =>
      memory.septRemove(this.machine, td, gpa, level),
    );
  }

  tdh_mem_sept_rd(td: number, gpa: number, level: number): TdxStatus {
    return this.#entry('tdh_mem_sept_rd', td, gpa, level, undefined, () => memory.septRd(this.machine, td, gpa, level));
  }

  tdh_mem_page_promote(td: number, gpa: number, level: number): TdxStatus {
    const body = () => memory.pagePromote(this.machine, td, gpa, level);
    return this.#entry('tdh_mem_page_promote', td, gpa, level, undefined, body);
  }

  /** `page` becomes the table. */
  tdh_mem_page_demote(td: number, gpa: number, level: number, page: number): TdxStatus {
    const body = () => memory.pageDemote(this.machine, td, gpa, level, page);
    return this.#entry('tdh_mem_page_demote', td, gpa, level, page, body);
  }

  /** Every level but 0 is refused. */
  tdh_mem_page_relocate(td: number, gpa: number, page: number, level = 0): TdxStatus {
    const body = () => memory.pageRelocate(this.machine, td, gpa, page, level);
    return this.#entry('tdh_mem_page_relocate', td, gpa, level, page, body);
  }

  tdh_mr_extend(td: number, gpa: number): TdxStatus {
    return this.#host('tdh_mr_extend', [addressText(td), addressText(gpa)], [], () =>
      life.mrExtend(this.machine, td, gpa),
    );
  }

  tdh_mr_finalize(td: number): TdxStatus {
    return this.#host('tdh_mr_finalize', [addressText(td)], [], () => life.mrFinalize(this.machine, td));
  }

  tdh_vp_flush(td: number, vcpu: number): TdxStatus {
    return this.#host('tdh_vp_flush', [addressText(td), String(vcpu)], [], () => life.vpFlush(this.machine, td, vcpu));
  }

  tdh_mng_vpflushdone(td: number): TdxStatus {
    return this.#host('tdh_mng_vpflushdone', [addressText(td)], [td], () => life.vpFlushDone(this.machine, td));
  }

  /** Once on each package. */
  tdh_phymem_cache_wb(pkg = 0): TdxStatus {
    return this.#host('tdh_phymem_cache_wb', [], [], () => life.cacheWb(this.machine, pkg));
  }

  tdh_mng_key_freeid(td: number): TdxStatus {
    return this.#host('tdh_mng_key_freeid', [addressText(td)], [td], () => life.keyFreeId(this.machine, td));
  }

  tdh_phymem_page_reclaim(page: number): TdxStatus {
    return this.#host('tdh_phymem_page_reclaim', [addressText(page)], [page], () =>
      life.pageReclaim(this.machine, page),
    );
  }

  tdh_phymem_page_wbinvd(page: number): TdxStatus {
    return this.#host('tdh_phymem_page_wbinvd', [addressText(page)], [page], () => life.pageWbinvd(this.machine, page));
  }

  tdh_phymem_page_rdmd(page: number): TdxStatus {
    return this.#host('tdh_phymem_page_rdmd', [addressText(page)], [page], () => life.pageRdmd(this.machine, page));
  }

  /** The part of TDH.VP.ENTER that memory depends on: the virtual CPU is inside, in the present epoch. */
  tdh_vp_enter(td: number, vcpu = 0): TdxStatus {
    return this.#host('tdh_vp_enter', [addressText(td), String(vcpu)], [], () => {
      const found = this.machine.ready(td, 'VP.ENTER', 'RCX');
      if (found instanceof TdxStatus) return found;
      if (vcpu >= found.vcpus) return new TdxStatus('TDX_OPERAND_INVALID', 'RCX', `The TD has no virtual CPU ${vcpu}.`);
      if (found.epochs.isInside(vcpu))
        return new TdxStatus('TDX_OPERAND_BUSY', 'RCX', 'The virtual CPU is inside already.');
      const flushed = found.epochs.enter(vcpu);
      found.associated.add(vcpu);
      this.#changed.push(`VCPU ${vcpu} inside since epoch ${found.epochs.epoch}${flushed ? ', its TLB flushed' : ''}`);
      return TDX_SUCCESS;
    });
  }

  /** The virtual CPU leaves the guest: an interrupt, or the host kicked it. */
  td_exit(td: number, vcpu = 0): TdxStatus {
    return this.#step('guest', 'td_exit', [addressText(td), String(vcpu)], () => {
      const found = this.machine.tds.get(td);
      if (found?.epochs.isInside(vcpu) !== true) {
        return new TdxStatus('TDX_OPERAND_INVALID', 'RCX', 'The virtual CPU is not inside the guest.');
      }
      found.epochs.exit(vcpu);
      this.#changed.push(`VCPU ${vcpu} left`);
      return TDX_SUCCESS;
    });
  }

  tdg_mem_page_accept(
    td: number,
    gpa: number,
    level: number,
    options?: AcceptOptions,
  ): TdxStatus | TdExit | Interrupted {
    return this.#step('guest', 'tdg_mem_page_accept', [addressText(gpa), `level ${level}`], () => {
      this.#touchGpa(td, gpa, level);
      const before = this.entry(td, gpa, level);
      const result = this.#fatal(td, gpa) ?? pageAccept(this.machine, this.#td(td), gpa, level, options);
      this.#note(gpa, level, before, this.entry(td, gpa, level));
      return result;
    });
  }

  /** The guest reads `length` bytes of one page; with `vcpu` through the TLB of that virtual CPU. */
  guest_read(td: number, gpa: number, length: number, vcpu?: number): GuestRead {
    return this.#step('guest', 'guest_read', [addressText(gpa), String(length)], () => {
      this.#touchGpa(td, gpa, 0);
      return this.#fatal(td, gpa) ?? guestRead(this.machine, this.#td(td), gpa, length, vcpu);
    });
  }

  /** The guest writes bytes into one page; 0 when done. With `vcpu` through the TLB of that virtual CPU. */
  guest_write(td: number, gpa: number, bytes: Uint8Array, vcpu?: number): 0 | TdExit | VirtualizationException {
    return this.#step('guest', 'guest_write', [addressText(gpa), show(bytes)], () => {
      this.#touchGpa(td, gpa, 0);
      return this.#fatal(td, gpa) ?? guestWrite(this.machine, this.#td(td), gpa, bytes, vcpu);
    });
  }

  /** A machine check while the guest ran: TDH.VP.ENTER returns so, and the TD never runs again (td_exit.c, read). */
  machine_check(td: number): TdxStatus {
    return this.#step('hardware', 'machine_check', [addressText(td)], () => {
      this.#td(td).fatal = true;
      const why = 'Any machine check during guest execution is fatal for the TD.';
      return new TdxStatus('TDX_NON_RECOVERABLE_TD_NON_ACCESSIBLE', undefined, why);
    });
  }

  /** Another logical processor takes or leaves the lock of an entry. */
  lock_entry(td: number, gpa: number, level: number, locked = true): void {
    (this.#td(td).sept as Sept).walk(gpa, level).entry.locked = locked;
  }

  /** State of the entry of this level; undefined where no walk reaches it. */
  entry(td: number, gpa: number, level: number): SeptState | undefined {
    const walk = this.machine.tds.get(td)?.sept?.walk(gpa, level);
    return walk?.reached === true ? walk.entry.state : undefined;
  }

  /** The TD behind a root page. */
  td(td: number): Td | undefined {
    return this.machine.tds.get(td);
  }

  /** The tree of a TD beside the metadata of its pages. */
  sept_picture(td: number, title: string): TablesPicture {
    return septPicture(this.machine, this.#td(td), title);
  }

  /** Everything so far that had to do with TLB epochs, with who was inside. */
  epochs_picture(td: number, title: string): EpochsPicture {
    return epochsPicture(this.#td(td), title);
  }

  /** MRTD, or what it would be if the TD were finalized now. */
  mrtd(td: number): Digest | undefined {
    return this.machine.tds.get(td)?.measurement.digest;
  }

  /** The host writes bytes into a page of its own. */
  host_write(hpa: number, bytes: Uint8Array): void {
    this.machine.frame(hpa - (hpa % PAGE)).write(hpa % PAGE, bytes);
  }

  #td(td: number): Td {
    const found = this.machine.tds.get(td);
    if (found === undefined) throw new RangeError(`${addressText(td)} is not the root page of a TD`);
    return found;
  }

  #fatal(td: number, gpa: number): TdExit | undefined {
    if (!this.#td(td).fatal) return undefined;
    return new TdExit('MACHINE_CHECK', { gpa, why: 'A machine check hit the TD: it cannot run.' });
  }

  #touch(hpa: number, level = 0): void {
    const leaf = this.machine.pamt.find(hpa);
    const size = Math.max(level, leaf?.level ?? 0);
    this.#touched.set(leaf?.base ?? hpa, levelPages(size));
  }

  #touchGpa(td: number, gpa: number, level: number): void {
    const entry = this.machine.tds.get(td)?.sept?.walk(gpa, level).entry;
    if (entry?.hpa !== undefined) this.#touch(entry.hpa);
  }

  #note(gpa: number, level: number, before: SeptState | undefined, after: SeptState | undefined): void {
    if (before === after) return;
    this.#changed.push(`${addressText(gpa)} level ${level}: ${before ?? 'unreachable'} → ${after ?? 'unreachable'}`);
  }

  /** A call on an entry: the pages before and after, and the entry's own state, are part of the step. */
  #entry(
    op: string,
    td: number,
    gpa: number,
    level: number,
    page: number | undefined,
    body: () => TdxStatus,
  ): TdxStatus {
    const args = [
      addressText(td),
      addressText(gpa),
      `level ${level}`,
      ...(page === undefined ? [] : [addressText(page)]),
    ];
    return this.#host(op, args, page === undefined ? [] : [page], () => {
      this.#touchGpa(td, gpa, level);
      const before = this.entry(td, gpa, level);
      const status = body();
      this.#touchGpa(td, gpa, level);
      this.#note(gpa, level, before, this.entry(td, gpa, level));
      return status;
    });
  }

  #host(op: string, args: readonly string[], pages: readonly number[], body: () => TdxStatus): TdxStatus {
    return this.#step('host', op, args, () => {
      for (const page of pages) this.#touch(page);
      const status = body();
      this.calls.push({ call: op, status: status.text });
      return status;
    });
  }

  #step<T>(actor: string, op: string, args: readonly string[], body: () => T): T {
    this.#touched = new Map();
    this.#changed = [];
    const value = body();
    if (EPOCH_CALLS.has(op)) this.#noteEpoch(op, args, value as TdxStatus);
    const why = (value as { why?: string } | undefined)?.why;
    this.trace.record({
      actor,
      op,
      args,
      result: show(value),
      ...(why === undefined || why === '' ? {} : { why }),
      changed: this.#changed,
      owners: this.#owners(),
    });
    return value;
  }

  #noteEpoch(op: string, args: readonly string[], status: TdxStatus): void {
    const td = this.machine.tds.get(Number(args[0]));
    const what = op === 'tdh_vp_enter' || op === 'td_exit' ? `${op}, VCPU ${args[1]}` : op;
    td?.epochs.note(status.name === 'TDX_SUCCESS' ? what : `${what}: ${status.name}`, status.error);
  }

  #owners(): Ownership[] {
    const { pamt } = this.machine;
    return [...this.#touched]
      .filter(([hpa]) => pamt.covers(hpa))
      .sort(([a], [b]) => a - b)
      .map(([hpa, pages]) => ({
        object: `page ${addressText(hpa)}`,
        first: 0,
        runs: [[LETTER[pamt.typeOf(hpa)], pages] as const],
      }));
  }
}
