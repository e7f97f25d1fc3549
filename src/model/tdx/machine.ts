/**
 * What the calls of the module share: physical pages, their metadata, the TDs, and the front part that most calls have in common.
 *
 * Source: check_lock_and_map_explicit_tdr, check_state_map_tdcs_and_lock and lock_sept_check_and_walk_private_gpa of
 * intel/tdx-module 1.5.01 (72d8cffb214b; run). Contents are kept as the guest sees them: keys and integrity are the matter of the
 * memory controller, not of this model.
 */
import { Frame } from '../machine/memory.ts';
import { PAGE } from '../units.ts';
import { addressText, isPrivate, levelBytes } from './levels.ts';
import { OP_STATES_BY_CALL, TRACKING_REQUIRED } from './op-states.ts';
import { Pamt } from './pamt.ts';
import type { Sept, SeptEntry } from './sept.ts';
import { SEPT_STATES, type SeptState, STATES_BY_CALL } from './sept-states.ts';
import { type TdxOperand, TdxStatus } from './status.ts';
import { MIN_TDCX, type Td } from './td.ts';

export interface TdxOptions {
  /** Memory that TDs may use: start and length in bytes. */
  readonly tdmrs?: Pamt['tdmrs'];
  /** Processor packages; keys and caches are a matter of each. */
  readonly packages?: number;
  /** Private key numbers; the first belongs to the module. */
  readonly hkids?: readonly [first: number, last: number];
  /** Where physical pages come from; the model keeps its own otherwise. */
  readonly frame?: (hpa: number) => Frame | undefined;
}

/** An entry that a call found and may work on. */
export interface Found {
  readonly entry: SeptEntry;
  readonly level: number;
}

export class TdxMachine {
  readonly pamt: Pamt;
  readonly packages: number;
  readonly hkids: readonly [first: number, last: number];
  /** By physical address of the root page. */
  readonly tds = new Map<number, Td>();
  readonly #frames = new Map<number, Frame>();
  readonly #frame: TdxOptions['frame'];

  constructor(options: TdxOptions = {}) {
    this.pamt = new Pamt(options.tdmrs ?? [[0x4000_0000, 0x8000_0000]]);
    this.packages = options.packages ?? 1;
    this.hkids = options.hkids ?? [32, 63];
    this.#frame = options.frame;
  }

  /** The page at a physical address. */
  frame(hpa: number): Frame {
    const given = this.#frame?.(hpa);
    if (given !== undefined) return given;
    const pfn = Math.floor(hpa / PAGE);
    let frame = this.#frames.get(pfn);
    if (frame === undefined) {
      frame = new Frame(pfn);
      this.#frames.set(pfn, frame);
    }
    return frame;
  }

  /** Zeroes pages of 4 KiB from `hpa` on; a page that was never written holds zeros already. */
  zero(hpa: number, pages: number): void {
    for (let page = 0; page < pages; page++) {
      const at = hpa + page * PAGE;
      if (this.#frame !== undefined || this.#frames.has(at / PAGE)) this.frame(at).clear();
    }
  }

  /** The TD whose root page this is. */
  root(tdr: number, operand: TdxOperand): Td | TdxStatus {
    const wrong = this.pamt.checkAddress(tdr, 0, operand);
    if (wrong !== undefined) return wrong;
    const td = this.tds.get(tdr);
    if (td === undefined) {
      const why = `${addressText(tdr)} is not the root page of a TD.`;
      return new TdxStatus('TDX_PAGE_METADATA_INCORRECT', operand, why);
    }
    return td;
  }

  /** The TD, if its states let the call through. */
  ready(tdr: number, call: string, operand: TdxOperand = 'RDX'): Td | TdxStatus {
    const td = this.root(tdr, operand);
    if (td instanceof TdxStatus) return td;
    if (td.fatal)
      return new TdxStatus('TDX_TD_FATAL', undefined, 'A machine check hit the TD; it can only be torn down.');
    if (td.lifecycle !== 'KEYS_CONFIGURED') {
      return new TdxStatus(
        'TDX_TD_KEYS_NOT_CONFIGURED',
        undefined,
        `The TD has no usable key: its life cycle is ${td.lifecycle}.`,
      );
    }
    if (td.tdcx < MIN_TDCX) {
      return new TdxStatus('TDX_TDCS_NOT_ALLOCATED', undefined, `The TD has ${td.tdcx} of ${MIN_TDCX} control pages.`);
    }
    if (OP_STATES_BY_CALL[call]?.includes(td.op_state) !== true) {
      return new TdxStatus(
        'TDX_OP_STATE_INCORRECT',
        undefined,
        `TDH.${call} is not accepted while the TD is ${td.op_state}.`,
      );
    }
    return td;
  }

  /** Level within the call's range, address aligned to it and private. */
  checkGpa(td: Td, gpa: number, level: number, [from, to]: readonly [number, number]): TdxStatus | undefined {
    if (level < from || level > to) return invalid(`Level ${level} is outside the call's range ${from} to ${to}.`);
    if (gpa % levelBytes(level) !== 0) return invalid(`${addressText(gpa)} is not aligned to level ${level}.`);
    if (!isPrivate(gpa, td.gpaw))
      return invalid(`${addressText(gpa)} is not private: the shared bit or a bit above it is set.`);
    return undefined;
  }

  /** Walks to the entry and takes its lock. */
  find(td: Td, gpa: number, level: number): Found | TdxStatus {
    const walk = (td.sept as Sept).walk(gpa, level);
    const rdx = { level: walk.level, state: walk.entry.state };
    if (!walk.reached) {
      const why = `The walk ends at level ${walk.level}: the entry there is ${walk.entry.state}.`;
      return new TdxStatus('TDX_EPT_WALK_FAILED', 'RCX', why, { rdx });
    }
    if (walk.entry.locked) {
      return new TdxStatus('TDX_OPERAND_BUSY', 'RCX', 'Another logical processor holds the lock of the entry.', {
        rdx,
      });
    }
    return walk;
  }

  /** Refuses a state that the call's table does not list. */
  checkState(call: string, { entry, level }: Found, also = true): TdxStatus | undefined {
    if (also && STATES_BY_CALL[call]?.includes(entry.state) === true) return undefined;
    const why = `TDH.${call} does not apply to an entry that is ${entry.state}.`;
    return new TdxStatus('TDX_EPT_ENTRY_STATE_INCORRECT', 'RCX', why, { rdx: { level, state: entry.state } });
  }

  /** Where the guest may be running, what is taken away must be blocked, and nobody may hold an old translation of it. */
  checkTracked(td: Td, { entry, level }: Found, metadataLevel: number): TdxStatus | undefined {
    const rule = SEPT_STATES[entry.state];
    if (!rule.tlb_tracking_required || !TRACKING_REQUIRED.includes(td.op_state)) return undefined;
    if (!rule.any_blocked) {
      const why = 'The guest may be using the entry: it has to be blocked first.';
      return new TdxStatus('TDX_GPA_RANGE_NOT_BLOCKED', 'RCX', why, { rdx: { level, state: entry.state } });
    }
    return this.tracked(td, entry, metadataLevel) ? undefined : notTracked('RCX');
  }

  /** True when no virtual CPU can hold a translation from before the block. */
  tracked(td: Td, entry: SeptEntry, metadataLevel: number): boolean {
    return td.epochs.tracked(this.pamt.entry(entry.hpa as number, metadataLevel).bepoch);
  }
}

const invalid = (why: string): TdxStatus => new TdxStatus('TDX_OPERAND_INVALID', 'RCX', why);

export const notTracked = (operand: TdxOperand): TdxStatus =>
  new TdxStatus(
    'TDX_TLB_TRACKING_NOT_DONE',
    operand,
    'A virtual CPU may still hold a translation from before the block: TDH.MEM.TRACK, then everyone out once.',
  );

/** PAMT entry in which a block is noted: a table is a page of 4 KiB, a leaf has the size of its level. */
export const metadataLevel = (state: SeptState, level: number): number => (state.startsWith('NL_') ? 0 : level);
