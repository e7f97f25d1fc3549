/**
 * Page state changes that an SNP guest asks for through the GHCB page (VMGEXIT_PSC): KVM checks the list, joins neighbors and
 * hands each piece to user space as KVM_EXIT_HYPERCALL. No RMP entry changes here.
 * Source: snp_begin_psc and snp_complete_one_psc in arch/x86/kvm/svm/sev.c, Linux 6.16.1. Left out: the progress fields in the
 * guest's memory, a piece that user space leaves half done.
 */
import type { KvmExit } from '../kvm/exit.ts';
import { HypercallError, mapGpaRange } from '../kvm/hypercall.ts';
import type { Showable } from '../show.ts';
import { PAGE } from '../units.ts';
import { REGION, REGION_BYTES } from './rmp-entry.ts';

export interface PageStateChange {
  /** Bytes. */
  readonly gpa: number;
  readonly to: 'private' | 'shared';
  /** Size of the page: 4K unless it says 2M. */
  readonly size?: '4K' | '2M';
}

/** What the guest finds in the GHCB when KVM refuses the list. */
export class PscError implements Showable {
  readonly name: 'INVALID_HDR' | 'INVALID_ENTRY' | 'GENERIC';
  readonly why: string;

  constructor(name: PscError['name'], why: string) {
    this.name = name;
    this.why = why;
    Object.freeze(this);
  }

  show(): string {
    return `VMGEXIT_PSC_ERROR_${this.name}`;
  }
}

/** Exits in their order, or the error. */
export type PscAnswer = readonly KvmExit[] | PscError;

/** Entries that one GHCB page has room for. */
const MOST = 253;

export function pageStateChange(enabled: number, entries: readonly PageStateChange[]): PscAnswer {
  if (entries.length > MOST)
    return new PscError('INVALID_HDR', `The list has ${entries.length} entries, ${MOST} is the most.`);
  const bad = entries.find(({ gpa, size }) => gpa % (size === '2M' ? REGION_BYTES : PAGE) !== 0);
  if (bad !== undefined) return new PscError('INVALID_ENTRY', 'An address is not at a boundary of its page size.');
  const exits: KvmExit[] = [];
  for (const { gpa, pages, to } of joined(entries)) {
    const exit = mapGpaRange(enabled, gpa, pages, to === 'private' ? 16 : 0);
    if (exit instanceof HypercallError) return new PscError('GENERIC', exit.why);
    exits.push(exit);
  }
  return exits;
}

interface Piece {
  readonly gpa: number;
  readonly pages: number;
  readonly to: 'private' | 'shared';
  readonly size: '4K' | '2M';
}

/** Neighbors with the same operation and size become one request. */
function joined(entries: readonly PageStateChange[]): Piece[] {
  const pieces: Piece[] = [];
  for (const { gpa, to, size = '4K' } of entries) {
    const pages = size === '2M' ? REGION : 1;
    const last = pieces.at(-1);
    if (last !== undefined && last.to === to && last.size === size && last.gpa + last.pages * PAGE === gpa) {
      pieces[pieces.length - 1] = { ...last, pages: last.pages + pages };
    } else {
      pieces.push({ gpa, pages, to, size });
    }
  }
  return pieces;
}
