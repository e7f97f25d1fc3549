/**
 * What a call into the TDX module answers: its completion status by name, and the operand that it speaks of.
 *
 * Numbers: include/tdx_api_defs.h and include/auto_gen/tdx_error_codes_defs.h of intel/tdx-module 1.5.01 (72d8cffb214b, source
 * read; the answers of the calls were run). Bit 63 is the error bit: a code without it is a success that carries information.
 */
import type { Showable } from '../show.ts';

/** Completion codes, 64 bit; the low 32 bits take the operand or another detail. */
export const TDX_STATUS = {
  TDX_SUCCESS: 0x0000000000000000n,
  TDX_NON_RECOVERABLE_VCPU: 0x4000000100000000n,
  TDX_NON_RECOVERABLE_TD: 0x6000000200000000n,
  TDX_INTERRUPTED_RESUMABLE: 0x8000000300000000n,
  TDX_INTERRUPTED_RESTARTABLE: 0x8000000400000000n,
  TDX_NON_RECOVERABLE_TD_NON_ACCESSIBLE: 0x6000000500000000n,
  TDX_NON_RECOVERABLE_TD_WRONG_APIC_MODE: 0xe000000700000000n,
  TDX_OPERAND_INVALID: 0xc000010000000000n,
  TDX_OPERAND_ADDR_RANGE_ERROR: 0xc000010100000000n,
  TDX_OPERAND_BUSY: 0x8000020000000000n,
  TDX_PREVIOUS_TLB_EPOCH_BUSY: 0x8000020100000000n,
  TDX_OPERAND_BUSY_HOST_PRIORITY: 0x8000020400000000n,
  TDX_PAGE_METADATA_INCORRECT: 0xc000030000000000n,
  TDX_PAGE_ALREADY_FREE: 0x0000030100000000n,
  TDX_TD_ASSOCIATED_PAGES_EXIST: 0xc000040000000000n,
  TDX_TD_FATAL: 0xe000060400000000n,
  TDX_TDCS_NOT_ALLOCATED: 0xc000060600000000n,
  TDX_LIFECYCLE_STATE_INCORRECT: 0xc000060700000000n,
  TDX_OP_STATE_INCORRECT: 0xc000060800000000n,
  TDX_NO_VCPUS: 0xc000060900000000n,
  TDX_VCPU_ASSOCIATED: 0x8000070100000000n,
  // Linux 6.16.1, arch/x86/kvm/vmx/tdx_errno.h, source read.
  TDX_VCPU_NOT_ASSOCIATED: 0x8000070200000000n,
  TDX_TD_KEYS_NOT_CONFIGURED: 0x8000081000000000n,
  TDX_KEY_CONFIGURED: 0x0000081500000000n,
  TDX_WBCACHE_NOT_COMPLETE: 0x8000081700000000n,
  TDX_HKID_NOT_FREE: 0xc000082000000000n,
  TDX_NO_HKID_READY_TO_WBCACHE: 0x0000082100000000n,
  TDX_FLUSHVP_NOT_DONE: 0x8000082400000000n,
  TDX_EPT_WALK_FAILED: 0xc0000b0000000000n,
  TDX_EPT_ENTRY_FREE: 0xc0000b0100000000n,
  TDX_EPT_ENTRY_NOT_FREE: 0xc0000b0200000000n,
  TDX_EPT_ENTRY_NOT_PRESENT: 0xc0000b0300000000n,
  TDX_GPA_RANGE_NOT_BLOCKED: 0xc0000b0600000000n,
  TDX_GPA_RANGE_ALREADY_BLOCKED: 0x00000b0700000000n,
  TDX_TLB_TRACKING_NOT_DONE: 0xc0000b0800000000n,
  TDX_EPT_INVALID_PROMOTE_CONDITIONS: 0xc0000b0900000000n,
  TDX_PAGE_ALREADY_ACCEPTED: 0x00000b0a00000000n,
  TDX_PAGE_SIZE_MISMATCH: 0xc0000b0b00000000n,
  TDX_GPA_RANGE_BLOCKED: 0xc0000b0c00000000n,
  TDX_EPT_ENTRY_STATE_INCORRECT: 0xc0000b0d00000000n,
  TDX_EPT_PAGE_NOT_FREE: 0xc0000b0e00000000n,
} as const;

export type TdxStatusName = keyof typeof TDX_STATUS;

/** Operands that a status can name. */
export const TDX_OPERAND = {
  RCX: 1,
  RDX: 2,
  R8: 8,
  R9: 9,
  TDR: 128,
  SEPT_TREE: 146,
  SEPT_ENTRY: 147,
  TD_EPOCH: 169,
} as const;

export type TdxOperand = keyof typeof TDX_OPERAND;

/** What a call leaves in other registers than RAX. */
export interface TdxDetails {
  /** A physical address: the page that was removed, the table that was freed. */
  readonly rcx?: number;
  /** The entry that a walk ended at, or that was read. */
  readonly rdx?: { readonly level: number; readonly state: string };
  /** The level that TDG.MEM.PAGE.ACCEPT found. */
  readonly level?: number;
  /** What a page was used for, and the physical address of its owner's root page. */
  readonly page_type?: string;
  readonly owner?: number;
}

const hex = (value: number): string => `0x${value.toString(16)}`;

/** The completion status of one call. It prints as `TDX_OPERAND_INVALID|RCX`, and with what else the call returned. */
export class TdxStatus implements Showable {
  readonly name: TdxStatusName;
  readonly operand: TdxOperand | undefined;
  readonly details: TdxDetails;
  /** Why the call was refused: one sentence for a person; empty on success. */
  readonly why: string;

  constructor(name: TdxStatusName, operand?: TdxOperand, why = '', details: TdxDetails = {}) {
    this.name = name;
    this.operand = operand;
    this.why = why;
    this.details = details;
    Object.freeze(this);
  }

  /** All 64 bits, as the call leaves them in RAX. */
  get code(): bigint {
    const low = this.operand === undefined ? (this.details.level ?? 0) : TDX_OPERAND[this.operand];
    return TDX_STATUS[this.name] | BigInt(low);
  }

  /** The error bit. */
  get error(): boolean {
    return this.code >> 63n === 1n;
  }

  /** Name and operand without the details. */
  get text(): string {
    return this.operand === undefined ? this.name : `${this.name}|${this.operand}`;
  }

  show(): string {
    const { rcx, rdx, level, page_type, owner } = this.details;
    const parts: string[] = [];
    if (rcx !== undefined) parts.push(`page ${hex(rcx)}`);
    if (rdx !== undefined) parts.push(`level ${rdx.level}`, rdx.state);
    if (level !== undefined) parts.push(`level ${level}`);
    if (page_type !== undefined) parts.push(page_type);
    if (owner !== undefined) parts.push(`owner ${hex(owner)}`);
    return parts.length === 0 ? this.text : `${this.text} (${parts.join(', ')})`;
  }
}

export const TDX_SUCCESS = new TdxStatus('TDX_SUCCESS');
