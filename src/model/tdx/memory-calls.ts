/**
 * The calls on private memory that put pages and tables into the Secure EPT and take them out again.
 *
 * Source: tdh_mem_*.c of intel/tdx-module 1.5.01 (72d8cffb214b; run). Each function is one call: its checks in the module's order,
 * then its effect. A refused call changes nothing.
 */
import { PAGE } from '../units.ts';
import { addressText, levelPages } from './levels.ts';
import { type Found, metadataLevel, notTracked, type TdxMachine } from './machine.ts';
import { TRACKING_REQUIRED } from './op-states.ts';
import { HKID_SHIFT } from './pamt.ts';
import { SeptTable, setEntry } from './sept.ts';
import { BLOCKED_FORM, isLeaf, SEPT_STATES, unblocked } from './sept-states.ts';
import { TDX_SUCCESS, TdxStatus } from './status.ts';
import type { Td } from './td.ts';

interface Target {
  readonly td: Td;
  readonly found: Found;
}

/** The front part that the calls share: TD, level and address, walk, lock of the entry. `to` is 'root' for any level of the tree. */
function target(
  machine: TdxMachine,
  call: string,
  tdr: number,
  gpa: number,
  level: number,
  from: number,
  to: number | 'root',
): Target | TdxStatus {
  const td = machine.ready(tdr, call);
  if (td instanceof TdxStatus) return td;
  const top = to === 'root' ? (td.sept?.root.level as number) : to;
  const found = machine.checkGpa(td, gpa, level, [from, top]) ?? machine.find(td, gpa, level);
  return found instanceof TdxStatus ? found : { td, found };
}

/** TDH.MEM.SEPT.ADD: a page becomes a table; its 512 entries are FREE. `level` is that of the entry that will point to it. */
export function septAdd(machine: TdxMachine, tdr: number, gpa: number, level: number, page: number): TdxStatus {
  const at = target(machine, 'MEM.SEPT.ADD', tdr, gpa, level, 1, 'root');
  if (at instanceof TdxStatus) return at;
  const { td, found } = at;
  const wrong =
    machine.checkState('MEM.SEPT.ADD', found, found.entry.state === 'FREE') ??
    machine.pamt.checkFree(page, 0, 'R8', tdr);
  if (wrong !== undefined) return wrong;
  machine.pamt.take(page, 0, 'EPT', tdr);
  td.chldcnt++;
  setEntry(found.entry, 'NL_MAPPED', page, new SeptTable(level - 1));
  return TDX_SUCCESS;
}

/** TDH.MEM.PAGE.ADD: copies the host's page into a new page of the TD while it is built. The address is measured. */
export function pageAdd(
  machine: TdxMachine,
  tdr: number,
  gpa: number,
  page: number,
  source: number,
  level: number,
): TdxStatus {
  const at = target(machine, 'MEM.PAGE.ADD', tdr, gpa, level, 0, 0);
  if (at instanceof TdxStatus) return at;
  const { td, found } = at;
  const wrong =
    machine.checkState('MEM.PAGE.ADD', found) ?? sharedSource(source) ?? machine.pamt.checkFree(page, 0, 'R8', tdr);
  if (wrong !== undefined) return wrong;
  machine.frame(page).copyFrom(machine.frame(source));
  machine.pamt.take(page, 0, 'REG', tdr);
  td.chldcnt++;
  setEntry(found.entry, 'MAPPED', page);
  td.measurement.page_add(gpa);
  return TDX_SUCCESS;
}

function sharedSource(source: number): TdxStatus | undefined {
  if (source % PAGE === 0 && source < 2 ** HKID_SHIFT) return undefined;
  return new TdxStatus('TDX_OPERAND_INVALID', 'R9', `${addressText(source)} is not the address of a page of the host.`);
}

/** TDH.MEM.PAGE.AUG: a page for a TD that may run. Nothing is written to it; the guest has to accept it. */
export function pageAug(machine: TdxMachine, tdr: number, gpa: number, level: number, page: number): TdxStatus {
  const at = target(machine, 'MEM.PAGE.AUG', tdr, gpa, level, 0, 1);
  if (at instanceof TdxStatus) return at;
  const { td, found } = at;
  const wrong = machine.checkState('MEM.PAGE.AUG', found) ?? machine.pamt.checkFree(page, level, 'R8', tdr);
  if (wrong !== undefined) return wrong;
  machine.pamt.take(page, level, 'REG', tdr);
  td.chldcnt += levelPages(level);
  setEntry(found.entry, 'PENDING', page);
  return TDX_SUCCESS;
}

/** TDH.MEM.RANGE.BLOCK: no new translation through the entry; the epoch is noted. Entries below keep their own state. */
export function rangeBlock(machine: TdxMachine, tdr: number, gpa: number, level: number): TdxStatus {
  const at = target(machine, 'MEM.RANGE.BLOCK', tdr, gpa, level, 0, 'root');
  if (at instanceof TdxStatus) return at;
  const { td, found } = at;
  const { entry } = found;
  if (SEPT_STATES[entry.state].any_blocked) {
    const rdx = { level, state: entry.state };
    return new TdxStatus('TDX_GPA_RANGE_ALREADY_BLOCKED', 'RCX', 'The entry is blocked already.', { rdx });
  }
  const wrong = machine.checkState('MEM.RANGE.BLOCK', found);
  if (wrong !== undefined) return wrong;
  machine.pamt.entry(entry.hpa as number, metadataLevel(entry.state, level)).bepoch = td.epochs.epoch;
  entry.state = BLOCKED_FORM[entry.state] ?? entry.state;
  return TDX_SUCCESS;
}

/** TDH.MEM.RANGE.UNBLOCK: the inverse; the contents are as they were. */
export function rangeUnblock(machine: TdxMachine, tdr: number, gpa: number, level: number): TdxStatus {
  const at = target(machine, 'MEM.RANGE.UNBLOCK', tdr, gpa, level, 0, 'root');
  if (at instanceof TdxStatus) return at;
  const { td, found } = at;
  const { entry } = found;
  const wrong = machine.checkState('MEM.RANGE.UNBLOCK', found);
  if (wrong !== undefined) return wrong;
  if (TRACKING_REQUIRED.includes(td.op_state) && !machine.tracked(td, entry, metadataLevel(entry.state, level))) {
    return notTracked('SEPT_TREE');
  }
  entry.state = unblocked(entry.state);
  return TDX_SUCCESS;
}

/** TDH.MEM.TRACK: begins a new epoch, if nobody is left from the one before this. */
export function track(machine: TdxMachine, tdr: number): TdxStatus {
  const td = machine.ready(tdr, 'MEM.TRACK', 'RCX');
  if (td instanceof TdxStatus) return td;
  if (td.epochs.previous > 0) {
    const why = `A virtual CPU that entered in epoch ${td.epochs.epoch - 1} has not left since.`;
    return new TdxStatus('TDX_PREVIOUS_TLB_EPOCH_BUSY', undefined, why);
  }
  td.epochs.epoch++;
  return TDX_SUCCESS;
}

/** TDH.MEM.PAGE.REMOVE: the page goes back to the host as it is, uncleared. RCX is its physical address. */
export function pageRemove(machine: TdxMachine, tdr: number, gpa: number, level: number): TdxStatus {
  const at = target(machine, 'MEM.PAGE.REMOVE', tdr, gpa, level, 0, 2);
  if (at instanceof TdxStatus) return at;
  const { td, found } = at;
  const { entry } = found;
  const wrong = machine.checkState('MEM.PAGE.REMOVE', found) ?? machine.checkTracked(td, found, level);
  if (wrong !== undefined) return wrong;
  const rcx = entry.hpa as number;
  machine.pamt.free(rcx, level);
  td.chldcnt -= levelPages(level);
  setEntry(entry, 'FREE');
  return new TdxStatus('TDX_SUCCESS', undefined, '', { rcx });
}

/** TDH.MEM.SEPT.REMOVE: an empty table goes back to the host. RCX is its physical address. */
export function septRemove(machine: TdxMachine, tdr: number, gpa: number, level: number): TdxStatus {
  const at = target(machine, 'MEM.SEPT.REMOVE', tdr, gpa, level, 1, 'root');
  if (at instanceof TdxStatus) return at;
  const { td, found } = at;
  const { entry } = found;
  const wrong = machine.checkState('MEM.SEPT.REMOVE', found) ?? machine.checkTracked(td, found, 0);
  if (wrong !== undefined) return wrong;
  if (entry.table?.empty !== true) {
    const rdx = { level, state: entry.state };
    return new TdxStatus('TDX_EPT_PAGE_NOT_FREE', 'RCX', 'An entry of the table is not FREE.', { rdx });
  }
  return freeTable(machine, td, entry.hpa as number, () => setEntry(entry, 'FREE'));
}

function freeTable(machine: TdxMachine, td: Td, rcx: number, then: () => void): TdxStatus {
  machine.pamt.free(rcx, 0);
  td.chldcnt--;
  then();
  return new TdxStatus('TDX_SUCCESS', undefined, '', { rcx });
}

/** TDH.MEM.SEPT.RD: the entry's level and state. */
export function septRd(machine: TdxMachine, tdr: number, gpa: number, level: number): TdxStatus {
  const at = target(machine, 'MEM.SEPT.RD', tdr, gpa, level, 0, 'root');
  if (at instanceof TdxStatus) return at;
  return new TdxStatus('TDX_SUCCESS', undefined, '', { rdx: { level, state: at.found.entry.state } });
}

/** TDH.MEM.PAGE.RELOCATE: the same contents in another physical page, unblocked. RCX is the old page. */
export function pageRelocate(machine: TdxMachine, tdr: number, gpa: number, page: number, level: number): TdxStatus {
  const at = target(machine, 'MEM.PAGE.RELOCATE', tdr, gpa, level, 0, 0);
  if (at instanceof TdxStatus) return at;
  const { td, found } = at;
  const { entry } = found;
  const state = machine.checkState('MEM.PAGE.RELOCATE', found, isLeaf(entry.state));
  if (state !== undefined) return state;
  const rcx = entry.hpa as number;
  if (page === rcx) return new TdxStatus('TDX_OPERAND_INVALID', 'R8', 'The new page is the old one.');
  const wrong = machine.checkTracked(td, found, 0) ?? machine.pamt.checkFree(page, 0, 'R8', tdr);
  if (wrong !== undefined) return wrong;
  if (!SEPT_STATES[entry.state].any_pending) machine.frame(page).copyFrom(machine.frame(rcx));
  machine.pamt.free(rcx, 0);
  machine.pamt.take(page, 0, 'REG', tdr);
  setEntry(entry, unblocked(entry.state), page);
  return new TdxStatus('TDX_SUCCESS', undefined, '', { rcx });
}

/** TDH.MEM.PAGE.DEMOTE: a large page becomes a table of 512 smaller ones in the same state, unblocked; contents stay. */
export function pageDemote(machine: TdxMachine, tdr: number, gpa: number, level: number, page: number): TdxStatus {
  const at = target(machine, 'MEM.PAGE.DEMOTE', tdr, gpa, level, 1, 2);
  if (at instanceof TdxStatus) return at;
  const { td, found } = at;
  const { entry } = found;
  const wrong =
    machine.checkState('MEM.PAGE.DEMOTE', found) ??
    machine.checkTracked(td, found, level) ??
    machine.pamt.checkFree(page, 0, 'R8', tdr);
  if (wrong !== undefined) return wrong;
  const base = entry.hpa as number;
  const state = unblocked(entry.state);
  const table = new SeptTable(level - 1);
  machine.pamt.split(base, level);
  table.all().forEach((child, index) => {
    setEntry(child, state, base + index * PAGE * levelPages(level - 1));
  });
  machine.pamt.take(page, 0, 'EPT', tdr);
  td.chldcnt++;
  setEntry(entry, 'NL_MAPPED', page, table);
  return TDX_SUCCESS;
}

/** TDH.MEM.PAGE.PROMOTE: 512 pages in a row, all MAPPED or all PENDING, become one. RCX is the table that is no longer needed. */
export function pagePromote(machine: TdxMachine, tdr: number, gpa: number, level: number): TdxStatus {
  const at = target(machine, 'MEM.PAGE.PROMOTE', tdr, gpa, level, 1, 2);
  if (at instanceof TdxStatus) return at;
  const { td, found } = at;
  const { entry } = found;
  const wrong = machine.checkState('MEM.PAGE.PROMOTE', found) ?? machine.checkTracked(td, found, 0);
  if (wrong !== undefined) return wrong;
  const rdx = { level, state: entry.state };
  const children = (entry.table as SeptTable).all();
  if (children.some((child) => child.locked)) {
    return new TdxStatus('TDX_OPERAND_BUSY', 'RCX', 'Another logical processor holds the lock of an entry below.', {
      rdx,
    });
  }
  const [{ state, hpa: base }] = children as [(typeof children)[0]];
  const step = PAGE * levelPages(level - 1);
  const fits =
    (state === 'MAPPED' || state === 'PENDING') &&
    (base as number) % (PAGE * levelPages(level)) === 0 &&
    children.every((child, index) => child.state === state && child.hpa === (base as number) + index * step);
  if (!fits) {
    const why =
      'The 512 pages below are not all MAPPED or all PENDING, or do not lie in a row from an aligned address on.';
    return new TdxStatus('TDX_EPT_INVALID_PROMOTE_CONDITIONS', 'RCX', why, { rdx });
  }
  machine.pamt.merge(base as number, level);
  return freeTable(machine, td, entry.hpa as number, () => setEntry(entry, state, base));
}
