/**
 * What ends a guest's call or access in the host instead of completing it: a TD exit, or an exception that the guest handles itself.
 *
 * Source: td_ept_violation.c (read) and tdg_mem_page_accept.c (run) of intel/tdx-module 1.5.01 (72d8cffb214b).
 */
import type { Showable } from '../show.ts';

/** Extended qualification of an EPT violation, as far as memory is concerned. */
export type ExtendedQualification = 'NONE' | 'ACCEPT' | 'PENDING_EPT_VIOLATION';

export interface ExitDetails {
  readonly extended_qualification?: ExtendedQualification;
  /** Level that the guest asked TDG.MEM.PAGE.ACCEPT for. */
  readonly requested_level?: number;
  /** Level of the entry where the walk ended. */
  readonly entry_level?: number;
  readonly gpa: number;
  readonly why: string;
}

/** The guest left to its host. */
export class TdExit implements Showable {
  readonly reason: 'EPT_VIOLATION' | 'MACHINE_CHECK';
  readonly extended_qualification: ExtendedQualification;
  readonly requested_level: number | undefined;
  readonly entry_level: number | undefined;
  readonly gpa: number;
  readonly why: string;

  constructor(reason: TdExit['reason'], details: ExitDetails) {
    this.reason = reason;
    this.extended_qualification = details.extended_qualification ?? 'NONE';
    this.requested_level = details.requested_level;
    this.entry_level = details.entry_level;
    this.gpa = details.gpa;
    this.why = details.why;
    Object.freeze(this);
  }

  show(): string {
    const parts: string[] = [];
    if (this.extended_qualification !== 'NONE') parts.push(this.extended_qualification);
    if (this.requested_level !== undefined) parts.push(`asked for level ${this.requested_level}`);
    if (this.entry_level !== undefined) parts.push(`entry at level ${this.entry_level}`);
    return `TD exit ${this.reason}${parts.length === 0 ? '' : ` (${parts.join(', ')})`}`;
  }
}

/** A virtualization exception: the guest's own handler runs, and the host sees nothing. */
export class VirtualizationException implements Showable {
  readonly gpa: number;
  readonly why: string;

  constructor(gpa: number, why: string) {
    this.gpa = gpa;
    this.why = why;
    Object.freeze(this);
  }

  show(): string {
    return '#VE';
  }
}

/** The instruction was interrupted before it was done; it is not retired and goes on when it runs again. */
export class Interrupted implements Showable {
  readonly why: string;

  constructor(why: string) {
    this.why = why;
    Object.freeze(this);
  }

  show(): string {
    return 'interrupted';
  }
}
