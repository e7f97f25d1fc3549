import assert from 'node:assert/strict';
import { readFileSync } from 'node:fs';
import { test } from 'node:test';
import { linux } from '../../model/index.ts';
import { gmemTable } from './gmem.ts';

const table = gmemTable(['6.12.117', '6.18.44', '7.3.4'].map(linux));
const rows = new Map<string, string[]>(
  table.groups.flatMap(({ title, rows: all }) =>
    all.map(({ label, cells }) => [`${title}: ${label}`, cells.map(({ text }): string => text)] as const),
  ),
);

interface Step {
  readonly op: string;
  readonly args: Record<string, unknown>;
  readonly result: { readonly ok: boolean; readonly errno?: string };
}

/** What the recording says at its nth step of this operation with these arguments. */
function recorded(name: string, op: string, args: Record<string, unknown>): string {
  const { steps } = JSON.parse(readFileSync(`content/evidence/guest_memfd/${name}.json`, 'utf8')) as { steps: Step[] };
  const found = steps.find(
    (step) => step.op === op && Object.entries(args).every(([key, value]) => step.args[key] === value),
  );
  assert.ok(found, `${name} has no ${op} ${JSON.stringify(args)}`);
  return found.result.ok ? '0' : `-${found.result.errno}`;
}

test('the column of the recorded kernel says what the recordings say', () => {
  const recordedColumn = (label: string): string | undefined => rows.get(label)?.[1];
  const region = 'KVM_SET_USER_MEMORY_REGION2';
  const set = 'kvm_set_user_memory_region2';
  assert.equal(
    recordedColumn(`${region}: pages of the file that another slot has`),
    recorded('bind-overlap-in-file', set, { slot: 1, offset: 4096 }),
  );
  assert.equal(
    recordedColumn(`${region}: guest addresses of another slot`),
    recorded('bind-overlap-in-guest', set, { slot: 1, gpa: 20480, offset: 8192 }),
  );
  assert.equal(
    recordedColumn(`${region}: offset just below 2^63`),
    recorded('bound-offset-overflow', set, { offset: '9223372036854771712' }),
  );
  const modes: readonly (readonly [label: string, args: Record<string, unknown>])[] = [
    ['without KEEP_SIZE', { mode: 0, offset: 0 }],
    ['KEEP_SIZE: inside the file', { mode: 1, offset: 0, len: 4096 }],
    ['KEEP_SIZE: ends behind the file', { mode: 1, offset: 12288, len: 8192 }],
    ['PUNCH_HOLE: the first page', { mode: 3, offset: 0, len: 4096 }],
    ['PUNCH_HOLE: behind the file', { mode: 3, offset: 16384, len: 4096 }],
  ];
  for (const [label, args] of modes) {
    assert.equal(recordedColumn(`fallocate: ${label}`), recorded('fallocate-flags0', 'fallocate', args), label);
  }
  assert.equal(recordedColumn('File without flags: mmap: shared'), recorded('mmap-kinds-flags0', 'mmap', { prot: 3 }));
});

test('kernels differ where the facts say so', () => {
  assert.deepEqual(rows.get('KVM_SET_USER_MEMORY_REGION2: pages of the file that another slot has'), [
    '-EINVAL',
    '-EINVAL',
    '-EEXIST',
  ]);
  assert.deepEqual(rows.get('KVM_SET_USER_MEMORY_REGION2: offset just below 2^63'), ['-EINVAL', '0', '-EINVAL']);
  assert.deepEqual(rows.get('File with MMAP: load: with INIT_SHARED'), ['(-EINVAL)', '0', '0']);
});
