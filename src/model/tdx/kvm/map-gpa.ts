/**
 * A TDX guest asks for a conversion: TDG.VP.VMCALL<MapGPA>. The address says what is wanted, by its shared bit; KVM hands the
 * request to user space in pieces of 2 MiB and changes nothing by itself.
 * Source: arch/x86/kvm/vmx/tdx.c (tdx_map_gpa, __tdx_map_gpa, tdx_complete_vmcall_map_gpa), arch/x86/include/asm/shared/tdx.h, Linux
 * 6.16.1, read. Left out: a pending event between two pieces, which answers RETRY.
 */
import { Errno } from '../../errno.ts';
import { KVM_HC_MAP_GPA_RANGE, KVM_MAP_GPA_RANGE_ENCRYPTED } from '../../kvm/constants.ts';
import { gpaText, KvmExit } from '../../kvm/exit.ts';
import type { Showable } from '../../show.ts';
import { MiB, PAGE } from '../../units.ts';

/** What the guest finds in R10, by name. */
export const TDVMCALL_STATUS = {
  TDVMCALL_STATUS_SUCCESS: 0n,
  TDVMCALL_STATUS_RETRY: 1n,
  TDVMCALL_STATUS_INVALID_OPERAND: 0x8000000000000000n,
  TDVMCALL_STATUS_ALIGN_ERROR: 0x8000000000000002n,
  TDVMCALL_STATUS_SUBFUNC_UNSUPPORTED: 0x8000000000000003n,
} as const;

/** The answer to a TDVMCALL. */
export class TdVmcall implements Showable {
  readonly name: keyof typeof TDVMCALL_STATUS;
  /** R11: the address up to which the request was done, where it stopped halfway. Bytes. */
  readonly next: number | undefined;
  readonly why: string;

  constructor(name: keyof typeof TDVMCALL_STATUS, why = '', next?: number) {
    this.name = name;
    this.why = why;
    this.next = next;
    Object.freeze(this);
  }

  show(): string {
    return this.next === undefined ? this.name : `${this.name} (stopped at ${gpaText(this.next)})`;
  }
}

/** What user space does with one exit: 0, or why it did not convert. */
export type Converts = (exit: KvmExit, gpa: number, pages: number, toPrivate: boolean) => 0 | Errno;

/** One exit covers at most this much. */
const PIECE = 2 * MiB;

/** `bit` is the shared bit as a number of bytes; `enabled` the mask of KVM_CAP_EXIT_HYPERCALL. */
export function mapGpa(enabled: number, bit: number, gpa: number, size: number, converts: Converts): TdVmcall {
  if ((enabled & (1 << KVM_HC_MAP_GPA_RANGE)) === 0) {
    return new TdVmcall('TDVMCALL_STATUS_SUBFUNC_UNSUPPORTED', 'User space does not want to hear of conversions.');
  }
  const toPrivate = gpa < bit;
  const end = gpa + size;
  if (size <= 0 || end > 2 * bit || (toPrivate && end > bit)) {
    const why = 'The range is empty, wraps around, or begins in one half of the address space and ends in the other.';
    return new TdVmcall('TDVMCALL_STATUS_INVALID_OPERAND', why);
  }
  if (gpa % PAGE !== 0 || size % PAGE !== 0) {
    return new TdVmcall('TDVMCALL_STATUS_ALIGN_ERROR', 'Address and size must be multiples of 4 KiB.');
  }
  for (let at = gpa; at < end; at += PIECE) {
    const pages = Math.min(PIECE, end - at) / PAGE;
    const clean = toPrivate ? at : at - bit;
    const attributes = toPrivate ? KVM_MAP_GPA_RANGE_ENCRYPTED : 0;
    const fields = {
      nr: 'KVM_HC_MAP_GPA_RANGE',
      gpa: gpaText(clean),
      npages: String(pages),
      attributes: attributes === 0 ? 'decrypted' : 'encrypted',
    };
    const exit = new KvmExit('KVM_EXIT_HYPERCALL', fields, 'The guest asks for a conversion; user space decides.');
    const answer = converts(exit, clean, pages, toPrivate);
    if (answer instanceof Errno) return new TdVmcall('TDVMCALL_STATUS_INVALID_OPERAND', answer.why, at);
  }
  return new TdVmcall('TDVMCALL_STATUS_SUCCESS');
}
