import assert from 'node:assert/strict';
import { readFileSync } from 'node:fs';
import { join } from 'node:path';
import { test } from 'node:test';
import { linux } from '../../model/index.ts';
import { sealTable } from './seals.ts';
import type { Table } from './table.ts';

const table = sealTable(linux('6.18.44'));
/** The recordings of each column; the file without execute bits has none of its own. */
const COLUMNS = ['none', 'seal', 'shrink', 'grow', 'write', 'future-write', undefined, 'exec'];

interface Step {
  readonly op: string;
  readonly args: Record<string, unknown>;
  readonly result: { readonly ok: boolean; readonly ret?: number; readonly errno?: string; readonly signal?: string };
}

/** Which step of which group of recordings answers a row. */
const RECORDED: Record<string, readonly [group: string, op: string, args: Record<string, unknown>]> = {
  'pwrite: 16 bytes inside the file': ['write', 'pwrite', { offset: 0, len: 16 }],
  'pwrite: 8 bytes, 4 of them behind the end': ['write', 'pwrite', { offset: 8188, len: 8 }],
  'pwrite: 16 bytes at the end': ['write', 'pwrite', { offset: 8192, len: 16 }],
  'pwrite: no bytes': ['write', 'pwrite', { offset: 100, len: 0 }],
  'ftruncate: one page': ['resize', 'ftruncate', { length: 4096 }],
  'ftruncate: the same size': ['resize', 'ftruncate', { length: 8192 }],
  'ftruncate: three pages': ['resize', 'ftruncate', { length: 12288 }],
  'open with O_TRUNC': ['resize', 'reopen', { access: 'O_RDWR|O_TRUNC' }],
  'fallocate: inside the file': ['fallocate', 'fallocate', { mode: 0, offset: 0, len: 4096 }],
  'fallocate: behind the end': ['fallocate', 'fallocate', { mode: 0, offset: 8192 }],
  'fallocate KEEP_SIZE: behind the end': ['fallocate', 'fallocate', { mode: 1, offset: 8192 }],
  'fallocate PUNCH_HOLE: the first page': ['fallocate', 'fallocate', { mode: 3, offset: 0, len: 4096 }],
  'fallocate PUNCH_HOLE: behind the end': ['fallocate', 'fallocate', { mode: 3, offset: 40960 }],
  'mmap: shared, read and write': ['mmap', 'mmap', { prot: 3, flags: 1 }],
  'mmap: shared, read': ['mmap', 'mmap', { prot: 1, flags: 1 }],
  'mprotect: that one to read and write': ['mmap', 'mprotect', { map: 'sr', prot: 3 }],
  'mmap: private, read and write': ['mmap', 'mmap', { prot: 3, flags: 2 }],
  'store through that one': ['mmap', 'store', { map: 'prw' }],
  'fchmod: that changes the execute bits': ['mode', 'fchmod', { mode: '0700' }],
  'F_ADD_SEALS: no seal at all': ['addseal', 'fcntl_add_seals', { seals: 0 }],
};

/** The recorded step: after the file was made and sealed, the first with these arguments. */
function step(column: string, [group, op, args]: (typeof RECORDED)[string]): Step {
  const file = join('content/evidence/memfd', `matrix-${column}-${group}.json`);
  const { steps } = JSON.parse(readFileSync(file, 'utf8')) as { steps: Step[] };
  const prepared = column === 'none' ? 4 : 5;
  const found = steps
    .slice(prepared)
    .find((one) => one.op === op && Object.entries(args).every(([name, value]) => one.args[name] === value));
  assert.ok(found, `${file} has no ${op} ${JSON.stringify(args)}`);
  return found;
}

function recorded({ result, op }: Step): string {
  if (!result.ok) return result.errno === undefined ? String(result.signal) : `-${result.errno}`;
  return op === 'mmap' || op === 'reopen' ? 'ok' : String(result.ret);
}

function cells(of: Table): { label: string; column: number; text: string }[] {
  return of.groups.flatMap(({ rows }) =>
    rows.flatMap(({ label, cells: all }) => all.map(({ text }, column) => ({ label, column, text }))),
  );
}

test('every cell that was recorded says what the recording says', () => {
  let compared = 0;
  for (const { label, column, text } of cells(table)) {
    const name = COLUMNS[column];
    const where = RECORDED[label];
    if (name === undefined || where === undefined) continue;
    assert.equal(text, recorded(step(name, where)), `${label}, ${name}`);
    compared++;
  }
  assert.equal(compared, Object.keys(RECORDED).length * 7);
});

test('the seal that is asked for is the one that is there', () => {
  const masks = cells(table).filter(({ label }) => label === 'F_GET_SEALS');
  assert.deepEqual(
    masks.map(({ text }) => text),
    ['0x00', '0x01', '0x02', '0x04', '0x08', '0x10', '0x20', '0x3e'],
  );
});

test('a writer that is there before the write seal keeps it away', () => {
  const older = cells(table).filter(({ label, column }) => label === 'store through it' && column === 4);
  assert.deepEqual(
    older.map(({ text }) => text),
    ['(-EBUSY)'],
  );
});
