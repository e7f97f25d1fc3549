/**
 * One trust domain as the module keeps it: its root page (TDR) and its control structure (TDCS).
 *
 * Source: td_control_structures.h of intel/tdx-module 1.5.01 (72d8cffb214b; the fields used here run).
 */
import { TlbEpochs } from './epochs.ts';
import type { Gpaw } from './levels.ts';
import { Measurement } from './measurement.ts';
import type { Lifecycle, OpState } from './op-states.ts';
import type { Sept } from './sept.ts';

/** Control pages that a TD needs before TDH.MNG.INIT. */
export const MIN_TDCX = 6;

export class Td {
  /** Physical address of the root page; the host names the TD by it. */
  readonly tdr: number;
  readonly hkid: number;
  lifecycle: Lifecycle = 'HKID_ASSIGNED';
  /** Set by a machine check while the guest ran; every call answers TDX_TD_FATAL from then on. */
  fatal = false;
  /** Pages that belong to the TD, in units of 4 KiB, apart from the root page. */
  chldcnt = 0;
  tdcx = 0;
  op_state: OpState = 'UNINITIALIZED';
  gpaw: Gpaw = 0;
  /** The guest asked for exits instead of #VE on pages that it has not accepted (ATTRIBUTES.SEPT_VE_DISABLE). */
  sept_ve_disable = false;
  sept: Sept | undefined;
  readonly epochs = new TlbEpochs();
  measurement = new Measurement();
  vcpus = 0;
  /** Virtual CPUs that a logical processor still has state of. */
  readonly associated = new Set<number>();
  /** Packages on which the key is programmed, and on which caches were written back. */
  readonly configured = new Set<number>();
  readonly written = new Set<number>();

  constructor(tdr: number, hkid: number) {
    this.tdr = tdr;
    this.hkid = hkid;
  }
}
