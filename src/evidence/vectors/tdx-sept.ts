/**
 * The Secure EPT: one call from a named start situation, call sequences, and the two tables of what each state lets through.
 * Every field that a row or a step names is compared; what a row does not name must not have changed.
 */
import { readFileSync } from 'node:fs';
import { join } from 'node:path';
import { OP_STATES_BY_CALL, STATES_BY_CALL, TRACKING_REQUIRED } from '../../model/index.ts';
import { CannotReplay } from '../cannot-replay.ts';
import { findCompanion, OWN } from '../files.ts';
import { type Answer, Driver, number } from './tdx-sept-driver.ts';
import { compareFields, type Vector, type VectorReport, type VectorSchema } from './vector.ts';

type Fields = { readonly [field: string]: unknown };
type Compared = { readonly field: string; readonly expected: string | undefined; readonly found: string | undefined };

const MODULE = 'intel/tdx-module 72d8cffb214b74ae94d75afce36423020f74b47c';

const source = (row: Fields): string => `${MODULE}${row['src'] === undefined ? '' : `, ${String(row['src'])}`}`;

interface Setup {
  readonly name: string;
  readonly after: string | null;
  readonly steps: readonly Fields[];
}

/** The start situations beside a file, or the project's own. */
function setups(file: string): ReadonlyMap<string, Setup> {
  const path = findCompanion(file, 'setups.json') ?? join(OWN, 'tdx_sept', 'setups.json');
  const { setups } = JSON.parse(readFileSync(path, 'utf8')) as { setups: readonly Setup[] };
  return new Map(setups.map((setup) => [setup.name, setup]));
}

/** Brings a fresh module into the named situation; the calls that led there. */
function start(driver: Driver, named: ReadonlyMap<string, Setup>, name: string): Fields[] {
  const setup = named.get(name);
  if (setup === undefined) throw new CannotReplay(`the start situation '${name}' is not known`);
  const before = setup.after === null ? [] : start(driver, named, setup.after);
  for (const step of setup.steps) {
    const { call, ...args } = step;
    const { status } = driver.call(String(call), args);
    if (status !== 'TDX_SUCCESS')
      throw new CannotReplay(`the start situation '${name}' ends at ${String(call)}: ${status}`);
  }
  return [...before, ...setup.steps];
}

const text = (value: unknown): string | undefined => {
  if (value === undefined) return undefined;
  return typeof value === 'object' ? JSON.stringify(value) : String(value);
};

const hex = (value: number | undefined): string | undefined =>
  value === undefined ? undefined : `0x${value.toString(16)}`;

/** What the call returned. `named` is the row; registers that a call never leaves anything in are not named. */
function returned(row: Fields, answer: Answer): Compared[] {
  const { rdx, rcx, level, page_type } = answer.details;
  const fields: Compared[] = [
    { field: 'status', expected: text(row['status']), found: answer.status },
    { field: 'rdx', expected: text(row['rdx']), found: text(rdx) },
    { field: 'rcx', expected: text(row['rcx']), found: hex(rcx) },
    { field: 'level', expected: text(row['level']), found: text(level) },
    { field: 'page_type', expected: text(row['page_type']), found: text(page_type) },
    { field: 'td_exit', expected: text(row['td_exit']), found: text(answer.exit) },
    { field: 'data', expected: text(row['data']), found: answer.data },
  ];
  return fields.filter(({ expected, found }) => expected !== undefined || found !== undefined);
}

const shown = (state: string | undefined): string => state ?? 'not reachable';
const before = (row: Fields, key: string, index: 0 | 1): string =>
  shown(((row[key] as (string | null)[] | undefined)?.[index] ?? undefined) as string | undefined);

/** Facts about physical pages, `<page>/<size>` and `<page>/<size>.bepoch`. */
function pageFacts(driver: Driver, pages: readonly number[]): Map<string, string> {
  const facts = new Map<string, string>();
  for (const page of pages) {
    for (const [level, size] of [
      [0, '4k'],
      [1, '2m'],
    ] as const) {
      if (level === 1 && page % (4096 * 512) !== 0) continue;
      facts.set(`0x${page.toString(16)}/${size}`, driver.pageType(page, level));
      facts.set(`0x${page.toString(16)}/${size}.bepoch`, String(driver.bepoch(page, level)));
    }
  }
  return facts;
}

function step(row: Fields, named: ReadonlyMap<string, Setup>): VectorReport {
  const driver = new Driver();
  const led = start(driver, named, String(row['setup']));
  for (const one of (row['then'] as readonly Fields[] | undefined) ?? []) {
    const { call, ...args } = one;
    driver.call(String(call), args);
  }
  const args = (row['args'] ?? {}) as Fields;
  const wanted = (row['pamt'] ?? {}) as Readonly<Record<string, readonly unknown[]>>;
  const pages = new Set([...led, args].flatMap(({ page }) => (page === undefined ? [] : [number(page)])));
  for (const key of Object.keys(wanted)) pages.add(number(key.split('/')[0]));
  const known = [...pages].filter((page) => page % 4096 === 0);

  const entries = (): [string, string] => [shown(driver.entry(0, 0)), shown(driver.entry(0, 1))];
  const first = entries();
  const epoch = driver.facts.td_epoch;
  const state = driver.facts.op_state;
  const facts = pageFacts(driver, known);
  const children = driver.chldcnt;
  if (row['concurrent'] !== undefined) driver.hold(String(row['concurrent']));
  const answer = driver.call(String(row['call']), args);
  const last = entries();
  const after = pageFacts(driver, known);

  const changed = [...facts].flatMap(([key, was]): Compared[] => {
    const now = after.get(key);
    const pair = wanted[key];
    if (pair === undefined && was === now) return [];
    const expected = pair === undefined ? `${was}, unchanged` : `${String(pair[0])} → ${String(pair[1])}`;
    return [{ field: `pamt ${key}`, expected, found: `${was} → ${now}` }];
  });
  const moved = (field: string, was: string, now: string): Compared[] => {
    const pair = row[field] as readonly unknown[] | undefined;
    if (pair === undefined && was === now) return [];
    return [{ field, expected: pair === undefined ? `${was}, unchanged` : pair.join(' → '), found: `${was} → ${now}` }];
  };
  const fields: Compared[] = [
    ...returned(row, answer),
    ...([0, 1] as const).map((level): Compared => {
      const key = `entry_level${level}`;
      const expected = `${before(row, key, 0)} → ${before(row, key, 1)}`;
      return { field: key, expected, found: `${first[level]} → ${last[level]}` };
    }),
    { field: 'chldcnt', expected: text(row['chldcnt_delta']), found: String(driver.chldcnt - children) },
    ...changed,
    ...moved('td_epoch', epoch, driver.facts.td_epoch),
    ...moved('op_state', state, driver.facts.op_state),
  ];
  const compared = compareFields(fields);
  return {
    title: [`TDH.${row['call']}`.replace('TDH.TDG', 'TDG'), `from ${row['setup']}`, row['note'], row['concurrent']]
      .filter((part) => part !== undefined)
      .join(', '),
    ...compared,
    source: source(row),
    executed: row['executed'] !== false,
  };
}

/** The facts of a TD that a step lists only where they changed. */
const LISTED = ['chldcnt', 'lifecycle', 'op_state', 'td_epoch', 'refcount'] as const;

function trace(row: Fields, named: ReadonlyMap<string, Setup>): VectorReport {
  const driver = new Driver();
  if (row['setup'] !== undefined && row['setup'] !== null) start(driver, named, String(row['setup']));
  const fields: Compared[] = [];
  (row['steps'] as readonly Fields[]).forEach((one, index) => {
    const was = driver.facts;
    const answer = driver.call(String(one['call']), (one['args'] ?? {}) as Fields);
    const after = (one['after'] ?? {}) as Fields;
    const place = `${index + 1} ${String(one['call']).replace(/\*.*/, '*')}`;
    const add = (field: string, expected: string | undefined, found: string | undefined) =>
      fields.push({ field: `${place}: ${field}`, expected, found });
    for (const field of returned(one, answer)) add(field.field, field.expected, field.found);
    const now = driver.facts;
    for (const key of LISTED) {
      const listed = after[key];
      if (listed !== undefined) add(key, text(listed), now[key]);
      // A refused call changes nothing.
      else if (/^TDX_(?!SUCCESS)/.test(String(one['status'])) && was[key] !== now[key]) add(key, was[key], now[key]);
    }
    for (const [key, state] of Object.entries((after['entries'] ?? {}) as Fields)) {
      const [gpa, level] = key.split('@');
      add(`entry ${key}`, text(state), driver.entryText(number(gpa), number(Number(level))));
    }
    for (const [page, sizes] of Object.entries((after['pages'] ?? {}) as Fields)) {
      for (const [size, type] of Object.entries(sizes as Fields)) {
        add(
          `page ${page}/${size}`,
          text(type),
          driver.pageType(number(page), size === '4k' ? 0 : size === '2m' ? 1 : 2),
        );
      }
    }
  });
  return {
    title: String(row['title'] ?? row['id']),
    ...compareFields(fields),
    source: MODULE,
    executed: row['executed'] !== false,
  };
}

const rowsOf = (item: Fields, key: string): readonly Fields[] => {
  const rows = item[key];
  if (!Array.isArray(rows)) throw new CannotReplay(`there is no list '${key}'`);
  return rows as Fields[];
};

const sorted = (list: readonly unknown[] | undefined) => list && [...list].map(String).sort().join(', ');

const trackingField = (expected: readonly unknown[]): Compared => ({
  field: 'tracking required',
  expected: sorted(expected),
  found: sorted(TRACKING_REQUIRED),
});

/** A row of what a state lets through: the same set, in any order. */
function allowed(table: Readonly<Record<string, readonly string[]>>, what: string) {
  return (item: Fields): readonly Vector[] => {
    // The file of operation states says once in which of them tracking is required; the first row carries it.
    const tracking = item['tlb_tracking_required_in'] as readonly unknown[] | undefined;
    return rowsOf(item, 'rows').map((row, index) => ({
      name: `${what}-${String(row['call'])}`,
      run: (): VectorReport => {
        const field = {
          field: 'allowed',
          expected: sorted(row['allowed'] as unknown[]),
          found: sorted(table[String(row['call'])]),
        };
        return {
          title: `${what.replace('-', ' ')} in which ${String(row['call'])} passes`,
          ...compareFields(index === 0 && tracking !== undefined ? [field, trackingField(tracking)] : [field]),
          source: source(row),
          executed: row['executed'] !== false,
        };
      },
    }));
  };
}

const steps: VectorSchema = {
  subject: 'tdx_sept',
  read: (item, file) => {
    const named = setups(file);
    return rowsOf(item, 'rows').map((row) => ({ name: String(row['id']), run: () => step(row, named) }));
  },
};

export const tdxSept: Readonly<Record<string, VectorSchema>> = {
  'tdx_sept/steps/1': steps,
  'tdx_sept/traces/1': {
    subject: 'tdx_sept',
    read: (item, file) => {
      const named = setups(file);
      return rowsOf(item, 'traces').map((row) => ({ name: String(row['id']), run: () => trace(row, named) }));
    },
  },
  'tdx_sept/allow/1': { subject: 'tdx_sept', read: allowed(STATES_BY_CALL, 'Entry states') },
  'tdx_sept/allow_op/1': { subject: 'tdx_sept', read: allowed(OP_STATES_BY_CALL, 'Operation states') },
};
