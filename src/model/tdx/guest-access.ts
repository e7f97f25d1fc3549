/**
 * What the guest does: it accepts pages, and reads and writes them.
 *
 * Source: tdg_mem_page_accept.c (run) and td_ept_violation.c (read) of intel/tdx-module 1.5.01 (72d8cffb214b). An access on behalf of
 * a virtual CPU uses the translations that it still has; one without follows the tree as it is now.
 */
import { PAGE } from '../units.ts';
import { Interrupted, TdExit, VirtualizationException } from './exit.ts';
import { addressText, FANOUT, isPrivate, levelBytes } from './levels.ts';
import type { TdxMachine } from './machine.ts';
import type { Sept } from './sept.ts';
import { isLeaf, SEPT_STATES, STATES_BY_CALL } from './sept-states.ts';
import { TDX_SUCCESS, TdxStatus } from './status.ts';
import type { Td } from './td.ts';

const invalid = (why: string): TdxStatus => new TdxStatus('TDX_OPERAND_INVALID', 'RCX', why);

export interface AcceptOptions {
  /** Pages of 4 KiB that are zeroed before an interrupt comes; a page of 2 MiB only. */
  readonly interrupt_after?: number;
}

/** TDG.MEM.PAGE.ACCEPT: the guest takes a page that waits for it. The page is zeroed with the TD's key, then MAPPED. */
export function pageAccept(
  machine: TdxMachine,
  td: Td,
  gpa: number,
  level: number,
  { interrupt_after }: AcceptOptions = {},
): TdxStatus | TdExit | Interrupted {
  if (level < 0 || level > 1) return invalid(`Level ${level} is outside the call's range 0 to 1.`);
  if (gpa % levelBytes(level) !== 0) return invalid(`${addressText(gpa)} is not aligned to level ${level}.`);
  if (!isPrivate(gpa, td.gpaw)) return invalid(`${addressText(gpa)} is not private.`);

  const walk = (td.sept as Sept).walk(gpa, level);
  const { entry } = walk;
  const rule = SEPT_STATES[entry.state];
  const already = () =>
    new TdxStatus('TDX_PAGE_ALREADY_ACCEPTED', undefined, 'The page is mapped already.', { level: walk.level });
  const exit = (why: string) =>
    new TdExit('EPT_VIOLATION', {
      extended_qualification: 'ACCEPT',
      requested_level: level,
      entry_level: walk.level,
      gpa,
      why,
    });
  if (!walk.reached) {
    if (rule.guest_accessible_leaf) return already();
    return exit(`The entry at level ${walk.level} is ${entry.state}: the host has to act first.`);
  }
  if (entry.locked) return new TdxStatus('TDX_OPERAND_BUSY', 'RCX', 'The host holds the lock of the entry.');
  if (entry.state !== 'FREE' && !isLeaf(entry.state)) {
    const why = 'A table stands where a page of this size was asked for: smaller pages are mapped.';
    return new TdxStatus('TDX_PAGE_SIZE_MISMATCH', undefined, why, { level: walk.level });
  }
  if (rule.guest_accessible_leaf) return already();
  if (STATES_BY_CALL['TDG.MEM.PAGE.ACCEPT']?.includes(entry.state) !== true) {
    return exit(`The entry is ${entry.state}: the host has to provide a page first.`);
  }
  const hpa = entry.hpa as number;
  const pages = level === 0 ? 1 : FANOUT;
  const until = level === 0 ? 1 : Math.min(pages, entry.accepted + (interrupt_after ?? pages));
  machine.zero(hpa + entry.accepted * PAGE, until - entry.accepted);
  if (until < pages) {
    entry.accepted = until;
    return new Interrupted(`${until} of ${pages} pages are zeroed; the instruction goes on when it runs again.`);
  }
  entry.accepted = 0;
  entry.state = entry.state === 'PENDING' ? 'MAPPED' : 'EXPORTED_DIRTY';
  return TDX_SUCCESS;
}

/** Where a private access lands: an address of physical memory, an exit, or a #VE. `gpa` in bytes. */
export function translate(td: Td, gpa: number): number | TdExit | VirtualizationException {
  if (!isPrivate(gpa, td.gpaw)) {
    const why = 'The address is shared: the walk uses the table that the host owns.';
    return new TdExit('EPT_VIOLATION', { gpa, why });
  }
  const { entry, level } = (td.sept as Sept).walk(gpa, 0);
  const rule = SEPT_STATES[entry.state];
  if (rule.guest_accessible_leaf) return (entry.hpa as number) + (gpa % levelBytes(level));
  if (rule.guest_acceptable) {
    const why = 'The page waits for acceptance: the guest may not use it yet.';
    if (!td.sept_ve_disable) return new VirtualizationException(gpa, why);
    return new TdExit('EPT_VIOLATION', {
      extended_qualification: 'PENDING_EPT_VIOLATION',
      entry_level: level,
      gpa,
      why,
    });
  }
  return new TdExit('EPT_VIOLATION', {
    entry_level: level,
    gpa,
    why: `The entry at level ${level} is ${entry.state}.`,
  });
}

/**
 * Where an access of one virtual CPU lands: by its own TLB if it has the page, else by the tree, which it remembers then. Blocking
 * does not reach into a TLB; an entry in a new epoch flushes it (adjust_tlb_tracking_state, read).
 */
function translateOn(td: Td, gpa: number, vcpu: number) {
  if (!td.epochs.isInside(vcpu))
    throw new RangeError(`virtual CPU ${vcpu} is not inside the guest and executes nothing`);
  const tlb = td.epochs.tlb(vcpu);
  const page = Math.floor(gpa / PAGE);
  const known = tlb.get(page);
  if (known !== undefined) return known + (gpa % PAGE);
  const at = translate(td, gpa);
  if (typeof at === 'number') tlb.set(page, at - (at % PAGE));
  return at;
}

const landing = (td: Td, gpa: number, vcpu: number | undefined) =>
  vcpu === undefined ? translate(td, gpa) : translateOn(td, gpa, vcpu);

/** Reads within one page. Without a virtual CPU the tree alone decides. */
export function guestRead(machine: TdxMachine, td: Td, gpa: number, length: number, vcpu?: number) {
  const at = landing(td, gpa, vcpu);
  return typeof at === 'number' ? machine.frame(at - (at % PAGE)).read(at % PAGE, length) : at;
}

/** Writes within one page; 0 when done. */
export function guestWrite(machine: TdxMachine, td: Td, gpa: number, bytes: Uint8Array, vcpu?: number) {
  const at = landing(td, gpa, vcpu);
  if (typeof at !== 'number') return at;
  machine.frame(at - (at % PAGE)).write(at % PAGE, bytes);
  return 0 as const;
}
