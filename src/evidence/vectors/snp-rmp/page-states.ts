/**
 * What takes a page from one state to another. The bit patterns of the states come from the same file: the page before is made
 * from its pattern, the page after has to fit the pattern of the state that the row names.
 */
import { FirmwareStatus, Rmp, type RmpEntry, RmpFail, RmpFault } from '../../../model/index.ts';
import {
  decommission,
  gctxCreate,
  launchAccept,
  launchCheck,
  launchOwner,
  pageMdInit,
  pageMove,
  pageReclaim,
  pageSetHvFixed,
  pageSwapIn,
  pageSwapOut,
} from '../../../model/sev/firmware-pages.ts';
import { pageState } from '../../../model/sev/page-state.ts';
import { HYPERVISOR_ENTRY, REGION, RMP_PG_SIZE_2M, RMP_PG_SIZE_4K, VMPL_ALL } from '../../../model/sev/rmp-entry.ts';
import { pvalidate } from '../../../model/sev/rmp-guest.ts';
import { rmpupdate } from '../../../model/sev/rmp-host.ts';
import { SUCCESS } from '../../../model/sev/status.ts';
import { PAGE } from '../../../model/units.ts';
import { CannotReplay } from '../../cannot-replay.ts';
import { compareFields, type VectorReport } from '../vector.ts';
import { FIRST, GPA, OTHER, SELF } from './entry.ts';
import { sourceOf } from './row.ts';

type Pattern = Readonly<Record<string, number | string>>;

export interface TransitionRow {
  readonly from: string;
  readonly by: string;
  readonly to: string;
  readonly status: string;
  readonly sources?: readonly string[];
}

const SPA = FIRST * PAGE;
const ELSEWHERE = SPA + REGION * PAGE;

/** `Pre-Guest (2M entry)`: the state, and what is said of the page besides. */
function parts(words: string): { readonly state: string; readonly note: string } {
  const [, state = words, note = ''] = /^([\w-]+)(?: \((.*)\))?$/.exec(words) ?? [];
  return { state, note };
}

function made(states: Readonly<Record<string, Pattern>>, words: string): RmpEntry {
  const { state, note } = parts(words);
  const pattern = states[state];
  if (pattern === undefined) throw new CannotReplay(`the file has no state '${state}'`);
  const value = (field: string, nonzero: number): number => {
    const said = pattern[field] ?? 0;
    return said === 'nonzero' ? nonzero : Number(said);
  };
  const flag = (field: string) => (value(field, 1) === 1 ? 1 : 0);
  const asid = value('asid', note.includes('another guest') ? OTHER : SELF);
  return {
    assigned: flag('assigned'),
    validated: flag('validated'),
    asid,
    immutable: flag('immutable'),
    gpa: asid !== 0 ? GPA : value('gpa', GPA),
    vmsa: flag('vmsa'),
    page_size: note.includes('2M') ? RMP_PG_SIZE_2M : RMP_PG_SIZE_4K,
    permissions: [flag('assigned') === 1 ? VMPL_ALL : 0, 0, 0, 0],
  };
}

function fits(entry: RmpEntry, pattern: Pattern | undefined): boolean {
  if (pattern === undefined) return false;
  return Object.entries(pattern).every(([field, value]) => {
    const own = entry[field as keyof RmpEntry];
    return value === 'nonzero' ? own !== 0 : own === value;
  });
}

const number = (text: string, name: string): number | undefined => {
  const [, said] = new RegExp(`${name}([=>]\\d+)`).exec(text) ?? [];
  if (said === undefined) return undefined;
  return said.startsWith('>') ? SELF : Number(said.slice(1));
};

/** SNP_LAUNCH_UPDATE with what the row says of the page; its other checks pass. */
function launchUpdate(rmp: Rmp, rest: string): FirmwareStatus {
  const page_size = rmp.lookup(FIRST)?.page_size ?? RMP_PG_SIZE_4K;
  const page = { asid: SELF, page_size, only_4k: /VMSA|SECRETS|CPUID/.test(rest) };
  const steps = [
    () => launchCheck(rmp, SPA, page),
    () => launchOwner(rmp, SPA, SELF),
    () => (rest.includes('refuses') ? new FirmwareStatus('INVALID_PARAM') : SUCCESS),
  ];
  for (const step of steps) {
    const status = step();
    if (status !== SUCCESS) return status;
  }
  launchAccept(rmp, SPA, page);
  return SUCCESS;
}

function pageMoves(rmp: Rmp, rest: string, states: Readonly<Record<string, Pattern>>): FirmwareStatus {
  const [, other] = /(?:source|destination) ([\w-]+)$/.exec(rest) ?? [];
  if (other === undefined) throw new CannotReplay(`the other page of a move is not named: '${rest}'`);
  rmp.write(ELSEWHERE / PAGE, made(states, other));
  return rest.startsWith('(destination)') ? pageMove(rmp, ELSEWHERE, SPA) : pageMove(rmp, SPA, ELSEWHERE);
}

function perform(rmp: Rmp, by: string, states: Readonly<Record<string, Pattern>>): FirmwareStatus | string {
  const [, operation = by, rest = ''] = /^(\w+)(?: (.*))?$/.exec(by) ?? [];
  const answer = (value: unknown): string => {
    if (value instanceof RmpFail) return value.name;
    return value instanceof RmpFault ? value.kind : 'SUCCESS';
  };
  switch (operation) {
    case 'RMPUPDATE': {
      const old = rmp.stored(FIRST);
      const assigned = number(rest, 'assigned') ?? old.assigned;
      const asid = number(rest, 'asid') ?? (assigned === 1 ? old.asid : 0);
      const immutable = number(rest, 'immutable') ?? 0;
      const gpa = asid === 0 ? 0 : GPA;
      return answer(
        rmpupdate(rmp, SPA, { assigned: assigned === 1 ? 1 : 0, asid, immutable: immutable === 1 ? 1 : 0, gpa }),
      );
    }
    case 'PVALIDATE':
      return answer(
        pvalidate(rmp, { pfn: FIRST, gva: GPA, gpa: GPA, asid: SELF, vmpl: 0 }, RMP_PG_SIZE_4K, rest === '1' ? 1 : 0),
      );
    case 'SNP_GCTX_CREATE':
      return gctxCreate(rmp, SPA);
    case 'SNP_DECOMMISSION':
      return decommission(rmp, SPA);
    case 'SNP_LAUNCH_UPDATE':
      return launchUpdate(rmp, rest);
    case 'SNP_PAGE_RECLAIM':
      return pageReclaim(rmp, SPA);
    case 'SNP_PAGE_SET_STATE':
      return pageSetHvFixed(rmp, SPA);
    case 'SNP_PAGE_MD_INIT':
      return pageMdInit(rmp, SPA, ELSEWHERE);
    case 'SNP_PAGE_SWAP_OUT':
      return pageSwapOut(rmp, SPA);
    case 'SNP_PAGE_SWAP_IN':
      return pageSwapIn(rmp, SPA, /(?<!not )validated/.test(rest));
    case 'SNP_PAGE_MOVE':
      return pageMoves(rmp, rest, states);
    default:
      throw new CannotReplay(`there is no model of ${operation}`);
  }
}

export function transitionVector(row: TransitionRow, states: Readonly<Record<string, Pattern>>): VectorReport {
  const rmp = new Rmp(ELSEWHERE + PAGE * REGION);
  const before = made(states, row.from);
  rmp.write(FIRST, before);
  if (before.page_size === RMP_PG_SIZE_2M) {
    for (let page = FIRST + 1; page < FIRST + REGION; page++) rmp.write(page, { ...HYPERVISOR_ENTRY, assigned: 1 });
  }
  const began = pageState(rmp.lookup(FIRST));
  const status = perform(rmp, row.by, states);
  const after = rmp.stored(FIRST);
  const same = JSON.stringify(after) === JSON.stringify(before);
  const state = pageState(after);
  const pattern = states[row.to === 'unchanged' ? parts(row.from).state : row.to];
  return {
    title: `${row.from}, ${row.by}`,
    ...compareFields([
      { field: 'state before', expected: parts(row.from).state, found: began },
      { field: 'status', expected: row.status, found: typeof status === 'string' ? status : status.name },
      { field: 'state after', expected: row.to, found: row.to === 'unchanged' && same ? 'unchanged' : state },
      {
        field: 'bits after',
        expected: 'as the state has them',
        found: fits(after, pattern) ? 'as the state has them' : 'others',
      },
    ]),
    ...sourceOf(row),
  };
}
