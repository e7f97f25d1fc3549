/** The tables of the RMP pages say what the rows of the vectors say. */
import assert from 'node:assert/strict';
import { readFileSync } from 'node:fs';
import { test } from 'node:test';
import { pageState } from '../../model/index.ts';
import { firmwareTable, instructionTable, STATES } from './page-states.ts';
import { accessTable, sizeTable } from './rmp.ts';
import type { Table } from './table.ts';

const cell = (table: Table, row: string, column: string): string | undefined => {
  const index = table.columns.findIndex(({ label }) => label === column);
  return table.groups.flatMap(({ rows }) => rows).find(({ label }) => label === row)?.cells[index]?.text;
};

test('there is an entry of each state, once', () => {
  const names = STATES.map(pageState);
  assert.equal(new Set(names).size, 10);
});

test('accesses: reads of the host pass, fetches count as private, VMPL comes last', () => {
  const table = accessTable();
  assert.equal(cell(table, 'host reads', 'the guest’s, validated'), 'allowed');
  assert.equal(cell(table, 'host writes', 'the guest’s, validated'), '#PF { RMP }, Hypervisor-Owned');
  assert.equal(cell(table, 'SNP guest fetches, C=0', 'the host’s'), '#NPF { RMP, ENC }, Guest-Owned');
  assert.equal(cell(table, 'the same guest at VMPL1 reads, C=1', 'the guest’s, not validated'), '#VC 0x404, Validated');
  assert.equal(
    cell(table, 'the same guest at VMPL1 reads, C=1', 'the guest’s, validated'),
    '#NPF { RMP, ENC, VMPL }, VMPL',
  );
});

test('sizes', () => {
  const table = sizeTable();
  assert.equal(cell(table, 'private access through a nested mapping of 1G', 'entry of 2M'), 'allowed');
  assert.equal(cell(table, 'PVALIDATE that asks for 4K', 'entry of 2M'), '#NPF { RMP, ENC, SIZEM }');
  assert.equal(cell(table, 'PVALIDATE that asks for 2M', 'entry of 4K'), 'FAIL_SIZEMISMATCH (6)');
});

/** The operation of a row of the vectors, where the tables have it as it stands there. */
const COLUMNS: Record<string, [Table, string]> = {
  'PVALIDATE 1': [instructionTable(), 'PVALIDATE 1'],
  'PVALIDATE 0': [instructionTable(), 'PVALIDATE 0'],
  'RMPUPDATE assigned=0': [instructionTable(), 'RMPUPDATE to the host'],
  'RMPUPDATE assigned=1 asid>0 immutable=0': [instructionTable(), 'RMPUPDATE to the guest'],
  'RMPUPDATE assigned=1 asid>0 immutable=1': [instructionTable(), 'RMPUPDATE to the guest, immutable'],
  'RMPUPDATE assigned=1 asid=0 immutable=1': [instructionTable(), 'RMPUPDATE to the firmware'],
  SNP_LAUNCH_UPDATE: [firmwareTable(), 'SNP_LAUNCH_UPDATE'],
  SNP_PAGE_RECLAIM: [firmwareTable(), 'SNP_PAGE_RECLAIM'],
  SNP_GCTX_CREATE: [firmwareTable(), 'SNP_GCTX_CREATE'],
  SNP_DECOMMISSION: [firmwareTable(), 'SNP_DECOMMISSION'],
};

test('states: every transition of the vectors stands in a table', () => {
  interface Row {
    readonly from: string;
    readonly by: string;
    readonly to: string;
    readonly status: string;
  }
  const { transitions } = JSON.parse(readFileSync('content/evidence/snp_rmp/page_states.json', 'utf8')) as {
    transitions: Row[];
  };
  let count = 0;
  for (const { from, by, to, status } of transitions) {
    const [table, column] = COLUMNS[by] ?? [];
    if (table === undefined || column === undefined || from.includes('(')) continue;
    const refusal = status === 'INVALID_PAGE_STATE' ? '–' : status;
    assert.equal(cell(table, from, column), status === 'SUCCESS' ? `→ ${to}` : refusal, `${from}, ${by}`);
    count++;
  }
  assert.equal(count, 15);
});
