/**
 * What the processor does instead of completing an access or an instruction that the RMP refuses. Each prints by name with the
 * error bits that are set, and says which check failed. AMD APM vol. 2, 15.36.10 and 15.36.12; bit names of
 * arch/x86/include/asm/kvm_host.h, Linux 6.16.1.
 */
import type { Showable } from '../show.ts';

/** Bits of a page-fault error code, and of EXITINFO1 of a nested one. */
export const FAULT_BITS = { RMP: 31, ENC: 34, SIZEM: 35, VMPL: 36 } as const;
export type FaultBit = keyof typeof FAULT_BITS;

/** `#PF` in the host, `#NPF` an exit of the guest (0x400), `#VC` an exception in the guest. */
export type FaultKind = '#PF' | '#NPF' | '#VC' | '#GP(0)' | 'VMEXIT_INVALID';

/** The checks of the manual's table, and what stands before them. */
export type RmpCheck =
  | 'RMP-Covered'
  | 'Hypervisor-Owned'
  | 'Guest-Owned'
  | 'Reverse-Map'
  | 'Mutable'
  | 'Page-Size'
  | 'Validated'
  | 'VMPL'
  | 'VMSA'
  | 'entry in use'
  | 'translation';

export class RmpFault implements Showable {
  readonly kind: FaultKind;
  /** The check that failed. */
  readonly check: RmpCheck;
  readonly bits: readonly FaultBit[];
  /** The code of a `#VC`. */
  readonly code: number | undefined;
  /** What CR2 holds in the guest with a `#VC`: the virtual address that was touched, bytes. */
  readonly cr2: number | undefined;
  /** Why: one sentence for a person. */
  readonly why: string;

  constructor(
    kind: FaultKind,
    check: RmpCheck,
    why: string,
    bits: readonly FaultBit[] = [],
    vc?: { code: number; cr2: number },
  ) {
    this.kind = kind;
    this.check = check;
    this.why = why;
    this.bits = Object.freeze([...bits]);
    this.code = vc?.code;
    this.cr2 = vc?.cr2;
    Object.freeze(this);
  }

  /** True where this bit of the error code is set. */
  has(bit: FaultBit): boolean {
    return this.bits.includes(bit);
  }

  show(): string {
    if (this.code !== undefined) return `${this.kind} 0x${this.code.toString(16)}`;
    return this.bits.length === 0 ? this.kind : `${this.kind} { ${this.bits.join(', ')} }`;
  }
}

/** `#VC` for a private page that the guest has not validated. */
export const VC_PAGE_NOT_VALIDATED = 0x404;

/** Codes that RMPUPDATE, PSMASH, PVALIDATE, RMPADJUST and RMPQUERY leave in EAX. */
export const RMP_CODES = {
  FAIL_INPUT: 1,
  FAIL_PERMISSION: 2,
  FAIL_INUSE: 3,
  FAIL_OVERLAP: 4,
  FAIL_SIZEMISMATCH: 6,
  'not eligible': 7,
} as const;
export type RmpCodeName = keyof typeof RMP_CODES;

/** A refused instruction. It changed nothing. */
export class RmpFail implements Showable {
  readonly name: RmpCodeName | 'refused';
  /** What EAX holds; undefined where no text that was read names the number. */
  readonly eax: number | undefined;
  /** Why: one sentence for a person. */
  readonly why: string;

  constructor(name: RmpCodeName | 'refused', why: string) {
    this.name = name;
    this.eax = name === 'refused' ? undefined : RMP_CODES[name];
    this.why = why;
    Object.freeze(this);
  }

  show(): string {
    return this.eax === undefined ? 'refused, code not documented' : `${this.name} (${this.eax})`;
  }
}
