/** The tables of the Secure EPT say what the vectors say, wherever a vector asks the same. */
import assert from 'node:assert/strict';
import { readFileSync } from 'node:fs';
import { test } from 'node:test';
import { acceptTable, lifeTable, SHORT, STATES, septTable, widthTable } from './sept.ts';

interface Row {
  readonly setup: string;
  readonly call: string;
  readonly args: { readonly level?: number };
  readonly status: string;
  readonly entry_level0: readonly [string | null, string | null];
  readonly entry_level1: readonly [string | null, string | null];
}

const { rows } = JSON.parse(readFileSync('content/evidence/tdx_sept/steps.json', 'utf8')) as { rows: Row[] };

/** Start situations with one entry in one state and nothing else. */
const SETUPS: Readonly<Record<string, string>> = {
  free: 'FREE',
  mapped: 'MAPPED',
  accepted: 'MAPPED',
  blocked: 'BLOCKED',
  blocked_tracked: 'BLOCKED',
  pending: 'PENDING',
  pending_blocked: 'PENDING_BLOCKED',
  pending_blocked_tracked: 'PENDING_BLOCKED',
};

test('cells agree with the vectors that ask the same', () => {
  const tables = new Map([false, true].map((running) => [running, septTable(running)] as const));
  let compared = 0;
  for (const { setup, call, args, status, entry_level0 } of rows) {
    const [stage = '', name = ''] = setup.split('.');
    const state = SETUPS[name];
    if (state === undefined || (args.level ?? 0) !== 0) continue;
    const label = `${call.startsWith('TDG') ? '' : 'TDH.'}${call}`.toLowerCase().replaceAll('.', '_');
    const row = tables.get(stage === 'run')?.groups[0]?.rows.find((one) => one.label === label);
    const cell = row?.cells[STATES.indexOf(state)]?.text;
    if (cell === undefined) continue;
    const wanted = status.replace(/^TDX_/, '').replace(/\|.*$/, '');
    const short = SHORT.find(([, long]) => long === wanted)?.[0] ?? wanted;
    const success = entry_level0[0] === entry_level0[1] ? 'ok' : `→ ${entry_level0[1]}`;
    const expected = wanted === 'SUCCESS' ? success : wanted === 'TD_EXIT' ? 'TD exit' : short;
    assert.equal(cell, expected, `${label} on ${state}, ${stage}`);
    compared++;
  }
  assert.ok(compared > 50, `${compared} cells were compared`);
});

test('the other tables have an answer in each cell', () => {
  for (const table of [acceptTable(), lifeTable()]) {
    for (const { cells } of table.groups.flatMap(({ rows: of }) => of)) {
      for (const { text } of cells) assert.notEqual(text, '');
    }
  }
  const widths = widthTable().groups[0]?.rows.map(({ cells }) => cells[0]?.text);
  assert.deepEqual(widths, ['ok', 'ok', 'refused', 'ok']);
});
