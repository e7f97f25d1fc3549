/** Tables of the Secure EPT: every call on an entry in every state, every accept, every width of address; one run for each cell. */
import {
  add_tables,
  type BringUp,
  initialized_td,
  isPrivate,
  LIFECYCLE,
  levelBytes,
  runnable_td,
  sharedBit,
  TdExit,
  TdxModule,
  TdxStatus,
} from '../../model/index.ts';
import { facts, type Table } from './table.ts';

const PAGE = 0x4020_0000;
const NEW = 0x4060_0000;
const SOURCE = 0x1_0000;

/** A TD with one entry in a given state, and the level of that entry. */
interface Stage {
  readonly tdx: TdxModule;
  readonly td: number;
  readonly level: number;
}

/** While the TD is built, or once it may run; there a blocked entry is tracked as well. */
function stage(state: string, running: boolean): Stage {
  const tdx = new TdxModule();
  const td = initialized_td(tdx);
  add_tables(tdx, td);
  if (state === 'MAPPED' || state === 'BLOCKED') tdx.tdh_mem_page_add(td, 0, PAGE, SOURCE);
  if (state.startsWith('PENDING')) tdx.tdh_mem_page_aug(td, 0, 0, PAGE);
  if (running) tdx.tdh_mr_finalize(td);
  const level = state.startsWith('NL_') ? 1 : 0;
  if (state.endsWith('BLOCKED')) {
    tdx.tdh_mem_range_block(td, 0, level);
    tdx.tdh_mem_track(td);
  }
  return { tdx, td, level };
}

export const STATES = ['FREE', 'NL_MAPPED', 'NL_BLOCKED', 'MAPPED', 'BLOCKED', 'PENDING', 'PENDING_BLOCKED'];

const CALLS: readonly (readonly [label: string, call: (stage: Stage) => unknown])[] = [
  ['tdh_mem_sept_add', ({ tdx, td, level }) => tdx.tdh_mem_sept_add(td, 0, Math.max(level, 1), NEW)],
  ['tdh_mem_page_add', ({ tdx, td, level }) => (level === 0 ? tdx.tdh_mem_page_add(td, 0, NEW, SOURCE) : '–')],
  ['tdh_mem_page_aug', ({ tdx, td, level }) => tdx.tdh_mem_page_aug(td, 0, level, NEW)],
  ['tdh_mem_range_block', ({ tdx, td, level }) => tdx.tdh_mem_range_block(td, 0, level)],
  ['tdh_mem_range_unblock', ({ tdx, td, level }) => tdx.tdh_mem_range_unblock(td, 0, level)],
  ['tdh_mem_page_remove', ({ tdx, td, level }) => tdx.tdh_mem_page_remove(td, 0, level)],
  ['tdh_mem_sept_remove', ({ tdx, td, level }) => (level === 0 ? '–' : tdx.tdh_mem_sept_remove(td, 0, level))],
  ['tdh_mem_page_relocate', ({ tdx, td, level }) => (level === 0 ? tdx.tdh_mem_page_relocate(td, 0, NEW) : '–')],
  ['tdh_mr_extend', ({ tdx, td, level }) => (level === 0 ? tdx.tdh_mr_extend(td, 0) : '–')],
  ['tdg_mem_page_accept', ({ tdx, td, level }) => tdx.tdg_mem_page_accept(td, 0, level)],
];

/** An answer in a narrow cell: what the entry became, or the status without its prefix and without details. */
function short(value: unknown, before: string | undefined, after: string | undefined): string {
  if (typeof value === 'string') return value;
  if (value instanceof TdExit) return 'TD exit';
  if (!(value instanceof TdxStatus)) return 'interrupted';
  if (value.name !== 'TDX_SUCCESS') return value.name.replace(/^TDX_/, '');
  return before === after ? 'ok' : `ok: ${after ?? 'gone'}`;
}

/** What the large tables write for a status, so that seven states stand side by side. */
export const SHORT: readonly (readonly [text: string, status: string])[] = [
  ['wrong state', 'EPT_ENTRY_STATE_INCORRECT'],
  ['not blocked', 'GPA_RANGE_NOT_BLOCKED'],
  ['is blocked', 'GPA_RANGE_ALREADY_BLOCKED'],
  ['not present', 'EPT_ENTRY_NOT_PRESENT'],
  ['op. state', 'OP_STATE_INCORRECT'],
  ['size', 'PAGE_SIZE_MISMATCH'],
  ['accepted', 'PAGE_ALREADY_ACCEPTED'],
];

/** A text for a narrow cell; a status that is not in the list keeps its name. */
const narrow = (text: string): string =>
  SHORT.find(([, status]) => status === text)?.[0] ?? text.replace(/^ok: /, '→ ');

/** Every call in rows, every state of the entry in columns. */
export function septTable(running: boolean): Table {
  const calls = running ? CALLS : CALLS.filter(([label]) => label !== 'tdg_mem_page_accept');
  const rows = calls.map(([label, call]) => ({
    label,
    values: STATES.map((state) => {
      const made = stage(state, running);
      const entry = () => made.tdx.entry(made.td, 0, made.level);
      // A table cannot be added at level 0: the call is made on the entry above, where nothing is.
      if (label === 'tdh_mem_sept_add' && made.level === 0) return state === 'FREE' ? narrow(addTable()) : '–';
      const before = entry();
      return narrow(short(call(made), before, entry()));
    }),
  }));
  return facts(STATES, 'call', rows);
}

/** Adding a table where the entry above is FREE. */
function addTable(): string {
  const tdx = new TdxModule();
  const td = initialized_td(tdx);
  add_tables(tdx, td, 0, 1);
  return short(tdx.tdh_mem_sept_add(td, 0, 1, NEW), 'FREE', tdx.entry(td, 0, 1));
}

/** What the guest gets for a size that it asks for, by what the host has mapped. */
export function acceptTable(): Table {
  const maps: readonly (readonly [label: string, make: (tdx: TdxModule) => number])[] = [
    ['nothing, no table for 4 KiB', (tdx) => runnable_td(tdx, { tables: 1 })],
    ['nothing, a table for 4 KiB', (tdx) => runnable_td(tdx)],
    ['4 KiB, PENDING', (tdx) => augmented(tdx, 0)],
    ['4 KiB, MAPPED', (tdx) => accepted(tdx, 0)],
    ['4 KiB, PENDING_BLOCKED', (tdx) => blocked(tdx, augmented(tdx, 0), 0)],
    ['2 MiB, PENDING', (tdx) => augmented(tdx, 1)],
    ['2 MiB, MAPPED', (tdx) => accepted(tdx, 1)],
    ['2 MiB, BLOCKED', (tdx) => blocked(tdx, accepted(tdx, 1), 1)],
  ];
  const rows = maps.map(([label, make]) => ({
    label,
    values: [0, 1, 2].map((level) => {
      const tdx = new TdxModule();
      const td = make(tdx);
      const before = tdx.entry(td, 0, level);
      return short(tdx.tdg_mem_page_accept(td, 0, level), before, tdx.entry(td, 0, level));
    }),
  }));
  return facts(['4 KiB', '2 MiB', '1 GiB'], 'the host has', rows);
}

function augmented(tdx: TdxModule, level: number): number {
  const td = runnable_td(tdx, { tables: level });
  tdx.tdh_mem_page_aug(td, 0, level, PAGE);
  return td;
}

function accepted(tdx: TdxModule, level: number): number {
  const td = augmented(tdx, level);
  tdx.tdg_mem_page_accept(td, 0, level);
  return td;
}

function blocked(tdx: TdxModule, td: number, level: number): number {
  tdx.tdh_mem_range_block(td, 0, level);
  return td;
}

/** Widths of addresses, by GPAW and levels. */
export function widthTable(): Table {
  const widths: readonly (readonly [gpaw: 0 | 1, levels: 4 | 5])[] = [
    [0, 4],
    [0, 5],
    [1, 4],
    [1, 5],
  ];
  const rows = widths.map(([gpaw, ept_levels]) => {
    const options: BringUp = { gpaw, ept_levels };
    const made = attempt(options);
    return {
      label: `GPAW ${gpaw}, ${ept_levels} levels`,
      values:
        made === undefined
          ? ['refused', '', '', '']
          : [
              'ok',
              String(sharedBit(gpaw)),
              [2 ** 46, 2 ** 47, 2 ** 51].map((gpa) => (isPrivate(gpa, gpaw) ? 'private' : 'not private')).join(', '),
              made,
            ],
    };
  });
  const columns = ['tdh_mng_init', 'shared bit', 'bit 46, bit 47, bit 51 alone', 'tdh_mem_page_aug at bit 47'];
  return facts(columns, 'TD with', rows);
}

/** What tdh_mem_page_aug says to an address with bit 47 alone; undefined where the TD cannot be made. */
function attempt(options: BringUp): string | undefined {
  const tdx = new TdxModule();
  try {
    const td = initialized_td(tdx, options);
    return short(tdx.tdh_mem_page_aug(td, 2 ** 47, 0, PAGE), undefined, undefined);
  } catch {
    return undefined;
  }
}

/** Each step of a TD's life, tried at each stage. */
export function lifeTable(): Table {
  const stages: readonly (readonly [label: string, make: (tdx: TdxModule) => number])[] = [
    [LIFECYCLE[0], created],
    ['KEYS_CONFIGURED, INITIALIZED', built],
    ['KEYS_CONFIGURED, RUNNABLE', (tdx) => runnable_td(tdx)],
    [LIFECYCLE[2], (tdx) => ended(tdx, false)],
    [LIFECYCLE[3], (tdx) => ended(tdx, true)],
  ];
  const steps: readonly (readonly [label: string, call: (tdx: TdxModule, td: number) => TdxStatus])[] = [
    ['tdh_mng_key_config', (tdx, td) => tdx.tdh_mng_key_config(td)],
    ['tdh_mng_addcx', (tdx, td) => tdx.tdh_mng_addcx(td, NEW)],
    ['tdh_mng_init', (tdx, td) => tdx.tdh_mng_init(td)],
    ['tdh_mr_finalize', (tdx, td) => tdx.tdh_mr_finalize(td)],
    ['tdh_vp_enter', (tdx, td) => tdx.tdh_vp_enter(td, 0)],
    ['tdh_mem_page_aug', (tdx, td) => tdx.tdh_mem_page_aug(td, levelBytes(1), 1, NEW)],
    ['tdh_mng_vpflushdone', (tdx, td) => tdx.tdh_mng_vpflushdone(td)],
    ['tdh_mng_key_freeid', (tdx, td) => tdx.tdh_mng_key_freeid(td)],
    ['tdh_phymem_page_reclaim of the root', (tdx, td) => tdx.tdh_phymem_page_reclaim(td)],
  ];
  const rows = steps.map(([label, call]) => ({
    label,
    values: stages.map(([, make]) => {
      const tdx = new TdxModule();
      return short(call(tdx, make(tdx)), '', '');
    }),
  }));
  return facts(
    stages.map(([label]) => label),
    'call',
    rows,
  );
}

function created(tdx: TdxModule): number {
  const td = 0x4000_0000;
  tdx.tdh_mng_create(td, 40);
  return td;
}

function built(tdx: TdxModule): number {
  const td = initialized_td(tdx);
  add_tables(tdx, td);
  return td;
}

/** A TD on its way down: its key blocked, or freed. */
function ended(tdx: TdxModule, freed: boolean): number {
  const td = runnable_td(tdx);
  tdx.tdh_mng_vpflushdone(td);
  if (!freed) return td;
  tdx.tdh_phymem_cache_wb();
  tdx.tdh_mng_key_freeid(td);
  return td;
}
