/** The replay of memory reads sees every altered answer. */
import assert from 'node:assert/strict';
import { readFileSync } from 'node:fs';
import { join } from 'node:path';
import { test } from 'node:test';
import { OWN } from '../files.ts';
import { tdxMemoryReads } from './tdx-memory-reads.ts';

type Row = Record<string, unknown>;
const item = JSON.parse(readFileSync(join(OWN, 'tdx_sept/memory_reads.json'), 'utf8')) as { rows: Row[] };
const run = (rows: Row[]) =>
  (tdxMemoryReads['tdx_sept/memory_reads/1']?.read({ ...item, rows }, '') ?? []).map((vector) => vector.run());

test('twelve rows agree and none of them was executed', () => {
  const reports = run(item.rows);
  assert.equal(reports.length, 12);
  for (const { disagreements, executed, title } of reports)
    assert.deepEqual([disagreements, executed], [[], false], title);
});

test('an altered answer is seen', () => {
  for (const row of item.rows) {
    const other = row['returned'] === 'zero' ? 'plaintext' : 'zero';
    assert.equal(run([{ ...row, returned: other }])[0]?.disagreements.length, 1);
    assert.equal(run([{ ...row, new_poison: !row['new_poison'] }])[0]?.disagreements.length, 1);
  }
});
