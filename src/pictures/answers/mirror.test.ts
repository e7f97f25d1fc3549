/** The computed tables about mirrors say what the model does. */
import assert from 'node:assert/strict';
import { test } from 'node:test';
import { carrierTable, eventTable, gridTable } from './mirror.ts';
import type { Table } from './table.ts';

const rows = (table: Table) =>
  (table.groups[0]?.rows ?? []).map(({ label, cells }) => [label, ...cells.map(({ text }) => text)]);

test('private memory is in a mirror for TDX only, shared memory never', () => {
  assert.deepEqual(rows(gridTable()), [
    ['TDX guest', 'mirror', 'direct'],
    ['SNP guest', 'direct', 'direct'],
    ['ordinary VM', 'has none', 'direct'],
  ]);
});

test('the page role changes no function and needs nothing made up', () => {
  const table = rows(carrierTable());
  assert.deepEqual(
    table.map((row) => row.slice(1, 5)),
    [
      ['yes', 'no', 'yes', '9'],
      ['yes', 'yes', 'yes', '3'],
      ['yes', 'yes', 'yes', '7'],
      ['yes', 'yes', 'yes', '0'],
      ['yes', 'no', 'yes', '0'],
    ],
  );
});

test('events take the half that they concern', () => {
  assert.deepEqual(
    rows(eventTable()).map((row) => row.slice(1).map((cell) => cell[0])),
    [
      ['1', '2', '1'],
      ['1', '2', '1'],
      ['2', '1', '1'],
      ['2', '1', '1'],
      ['1', '1', '1'],
      ['1', '1', '1'],
      ['0', '2', '0'],
    ],
  );
});
