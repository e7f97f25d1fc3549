import assert from 'node:assert/strict';
import { readFileSync } from 'node:fs';
import { test } from 'node:test';
import { linux } from '../../model/index.ts';
import { blockingTable } from './blocking.ts';
import { createTable } from './create.ts';
import { accessTable, pageTable } from './pages.ts';
import type { Table } from './table.ts';

const kernel = linux('6.18.44');

function rows(table: Table): Map<string, string[]> {
  const all = table.groups.flatMap(({ rows: of }) => of);
  return new Map(all.map(({ label, cells }) => [label, cells.map(({ text }) => text)]));
}

interface Step {
  readonly op: string;
  readonly args: { readonly flags?: number; readonly out?: string; readonly fd?: string };
  readonly result: { readonly ok: boolean; readonly errno?: string; readonly stat?: { readonly mode: string } };
  readonly post?: { readonly seals: number | null };
}

const steps = (name: string): Step[] =>
  (JSON.parse(readFileSync(`content/evidence/memfd/${name}.json`, 'utf8')) as { steps: Step[] }).steps;

test('every flag of memfd_create that was recorded makes what the recording says', () => {
  const table = rows(createTable(kernel));
  const flags: Record<string, number> = {
    '0': 0,
    MFD_ALLOW_SEALING: 2,
    MFD_EXEC: 0x10,
    'MFD_EXEC, MFD_ALLOW_SEALING': 0x12,
    MFD_NOEXEC_SEAL: 8,
    'MFD_EXEC, MFD_NOEXEC_SEAL': 0x18,
    'an unknown bit, 0x20': 0x20,
  };
  const masks: Record<string, number> = { none: 0, SEAL: 1, EXEC: 0x20 };
  const recorded = [...steps('create-flags'), ...steps('create-without-allow-sealing')];
  let compared = 0;
  for (const [label, flag] of Object.entries(flags)) {
    const step = recorded.find(({ op, args }) => op === 'memfd_create' && args.flags === flag);
    if (step === undefined) continue;
    const [answer, mode, seals] = table.get(label) ?? [];
    assert.equal(answer, step.result.ok ? 'ok' : `-${step.result.errno}`, label);
    if (step.result.ok) assert.equal(masks[seals ?? ''], step.post?.seals, label);
    const stat = recorded.find(({ op, args }) => op === 'fstat' && args.fd === step.args.out)?.result.stat;
    if (stat !== undefined) assert.equal(mode, stat.mode, label);
    compared++;
  }
  assert.ok(compared >= 6, `${compared} flags were compared`);
});

test('a mapping keeps the write seal away if it is shared and may become writable', () => {
  // Recordings write-seal-*, future-write-readonly-map-does-not-block-write.
  const table = rows(blockingTable(kernel));
  const blocks = [...table].filter(([, [, seal]]) => seal === '-EBUSY').map(([label]) => label);
  assert.deepEqual(blocks, [
    'shared, read and write',
    'shared, read',
    'shared, no access',
    'the second page of a shared, writable one',
    'a shared, writable one that only a child still has',
  ]);
  for (const [label, [writable]] of table) {
    if (label.startsWith('shared')) assert.equal(writable === '0', blocks.includes(label), label);
  }
});

test('pages come and go, and faults are told apart, as recorded', () => {
  // Recordings allocation-count, keep-size-then-grow, punch-hole-in-map, madvise.
  const pages = rows(pageTable(kernel));
  assert.deepEqual(pages.get('pread: the third page, a hole'), ['1']);
  assert.deepEqual(pages.get('load from the third page, shared'), ['2']);
  assert.deepEqual(pages.get('fallocate KEEP_SIZE: two behind the end'), ['3']);
  assert.deepEqual(pages.get('fallocate PUNCH_HOLE: the second'), ['0']);
  // Recordings map-beyond-end, map-empty-file.
  const access = rows(accessTable(kernel));
  assert.deepEqual(access.get('load: behind the last page, shared'), ['SIGBUS']);
  assert.deepEqual(access.get('load: behind the end, inside the last page'), ['0']);
  assert.deepEqual(access.get('store: without PROT_WRITE'), ['SIGSEGV']);
});
