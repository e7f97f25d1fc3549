/**
 * MapGPA: the guest asks its host to make a range of its memory shared or private.
 *
 * Source: tdx_map_gpa, __tdx_map_gpa and tdx_complete_vmcall_map_gpa in arch/x86/kvm/vmx/tdx.c, Linux 6.16.1, source read; status
 * numbers of arch/x86/include/asm/shared/tdx.h. The call is a wish: which table the guest's next access walks is decided by the shared
 * bit that it uses, and what KVM will map is decided by the memory attribute that user space sets. Left out: what user space does.
 */

import { KvmExit } from '../kvm/exit.ts';
import type { Showable } from '../show.ts';
import { MiB, PAGE } from '../units.ts';
import { addressText, type Gpaw, isPrivate, sharedBit } from './levels.ts';

/** Status of a TDVMCALL, as KVM leaves it in the guest's R10. */
export const TDVMCALL_STATUS = {
  TDVMCALL_STATUS_SUCCESS: 0n,
  TDVMCALL_STATUS_RETRY: 1n,
  TDVMCALL_STATUS_INVALID_OPERAND: 0x8000000000000000n,
  TDVMCALL_STATUS_ALIGN_ERROR: 0x8000000000000002n,
  TDVMCALL_STATUS_SUBFUNC_UNSUPPORTED: 0x8000000000000003n,
} as const;

/** KVM hands larger ranges to user space in pieces of this many bytes. */
export const TDX_MAP_GPA_MAX_LEN = 2 * MiB;

export interface MapGpaOptions {
  readonly gpaw?: Gpaw;
  /** User space asked for exits on KVM_HC_MAP_GPA_RANGE; true by default. */
  readonly exits?: boolean;
  /** What user space answers to each piece; 0 by default. */
  readonly answer?: (exit: KvmExit, piece: number) => number;
  /** An event waits for the virtual CPU after this many pieces. */
  readonly event_after?: number;
}

/** What the guest gets, and what user space saw. It prints as the status, with the address to go on at. */
export class MapGpaResult implements Showable {
  readonly status: keyof typeof TDVMCALL_STATUS;
  /** R11: where the guest goes on, or where it failed. */
  readonly next: number | undefined;
  readonly exits: readonly KvmExit[];
  readonly why: string;

  constructor(status: MapGpaResult['status'], why: string, exits: readonly KvmExit[] = [], next?: number) {
    this.status = status;
    this.why = why;
    this.exits = exits;
    this.next = next;
    Object.freeze(this);
  }

  show(): string {
    const exits = this.exits.length === 0 ? '' : `, ${this.exits.length} ${this.exits.length === 1 ? 'exit' : 'exits'}`;
    return `${this.status}${this.next === undefined ? '' : ` at ${addressText(this.next)}`}${exits}`;
  }
}

/** TDG.VP.VMCALL<MapGPA>. `gpa` has the shared bit set where the range is to become shared; address and size in bytes. */
export function map_gpa(gpa: number, size: number, options: MapGpaOptions = {}): MapGpaResult {
  const { gpaw = 0, exits: asked = true, answer = () => 0, event_after } = options;
  if (!asked) {
    return new MapGpaResult(
      'TDVMCALL_STATUS_SUBFUNC_UNSUPPORTED',
      'User space did not ask for exits on KVM_HC_MAP_GPA_RANGE.',
    );
  }
  const last = gpa + size - 1;
  const end = 2 ** (sharedBit(gpaw) + 1);
  if (size <= 0 || gpa < 0 || last >= end || isPrivate(gpa, gpaw) !== isPrivate(last, gpaw)) {
    return new MapGpaResult(
      'TDVMCALL_STATUS_INVALID_OPERAND',
      'The range is empty, too high, or partly private and partly shared.',
    );
  }
  if (gpa % PAGE !== 0 || size % PAGE !== 0) {
    return new MapGpaResult('TDVMCALL_STATUS_ALIGN_ERROR', 'The range is not made of whole pages.');
  }
  const exits: KvmExit[] = [];
  for (let at = gpa; at < gpa + size; ) {
    const bytes = Math.min(gpa + size - at, TDX_MAP_GPA_MAX_LEN);
    const exit = piece(at, bytes, gpaw);
    exits.push(exit);
    if (answer(exit, exits.length - 1) !== 0) {
      return new MapGpaResult('TDVMCALL_STATUS_INVALID_OPERAND', 'User space refused a piece.', exits, at);
    }
    at += bytes;
    if (at < gpa + size && exits.length === event_after) {
      return new MapGpaResult(
        'TDVMCALL_STATUS_RETRY',
        'An event waits: the guest is to ask again for the rest.',
        exits,
        at,
      );
    }
  }
  return new MapGpaResult('TDVMCALL_STATUS_SUCCESS', '', exits);
}

/** The exit for one piece, as for KVM_HC_MAP_GPA_RANGE of other guests; its address has no shared bit, its attributes say what is wanted. */
function piece(gpa: number, bytes: number, gpaw: Gpaw): KvmExit {
  const wanted = isPrivate(gpa, gpaw) ? 'private' : 'shared';
  const address = gpa % 2 ** sharedBit(gpaw);
  const fields = {
    nr: 'KVM_HC_MAP_GPA_RANGE',
    gpa: addressText(address),
    npages: String(bytes / PAGE),
    attributes: wanted === 'private' ? 'encrypted' : 'decrypted',
  };
  return new KvmExit('KVM_EXIT_HYPERCALL', fields, `The guest asks for ${bytes / PAGE} pages to become ${wanted}.`);
}
