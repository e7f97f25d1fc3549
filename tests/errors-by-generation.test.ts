/**
 * The table "errors by generation" as it was researched from the series and the sources, against the answers that the
 * scenarios compute. Where the two words differ, the difference is named: the research says what a series has, the model
 * says what a call then returns.
 */
import assert from 'node:assert/strict';
import { readFileSync } from 'node:fs';
import { join } from 'node:path';
import { test } from 'node:test';
import { ROOT } from './suite.ts';

type Table = Record<string, Record<string, { answers: { name: string; text: string }[] }>>;

const table = JSON.parse(readFileSync(join(ROOT, 'content/records/scenarios.json'), 'utf8')) as Table;

/** Generations that the researched table has as columns; its last column is mainline 7.1, here the two kernels around it. */
const V6 = 'inaccessible-v6';
const V10 = 'restricted-v10';
const V12 = 'gmem-v12';
const NOW = [V12, 'gmem-6.8', 'gmem-6.12.117', 'gmem-6.18.44', 'gmem-7.3.4'];

/** Corrections: what the researched table words otherwise than the call answers. */
const NO_OPERATION = {
  mmap: '-ENODEV',
  // Such files are opened without a position, so that pread() and pwrite() stop before the operation is looked for.
  pread: '-ESPIPE',
};

interface Row {
  readonly says: string;
  readonly scenario: string;
  readonly answer: string;
  readonly expected: Readonly<Record<string, string>>;
}

const each = (ids: readonly string[], text: string): Record<string, string> =>
  Object.fromEntries(ids.map((id) => [id, text]));

const ROWS: readonly Row[] = [
  {
    says: 'read: EPERM, no such operation, no such operation',
    scenario: 'reads-and-writes-by-call',
    answer: 'one byte read',
    expected: { [V6]: '-EPERM', [V10]: NO_OPERATION.pread, ...each(NOW, NO_OPERATION.pread) },
  },
  {
    says: 'write: EPERM, no such operation, no such operation',
    scenario: 'reads-and-writes-by-call',
    answer: 'one byte written',
    expected: { [V6]: '-EPERM', [V10]: NO_OPERATION.pread, ...each(NOW, NO_OPERATION.pread) },
  },
  {
    says: 'mmap: EPERM, no such operation, ENODEV without the MMAP flag',
    scenario: 'maps-it',
    answer: 'shared, to read',
    expected: { [V6]: '-EPERM', [V10]: NO_OPERATION.mmap, ...each(NOW, '-ENODEV') },
  },
  {
    says: 'mmap with the MMAP flag: EINVAL if not shared',
    scenario: 'maps-it',
    answer: 'a private copy',
    expected: { 'gmem-mmap-6.18.44': '-EINVAL' },
  },
  {
    says: 'resize, once it has a size: EPERM, EPERM, EINVAL always',
    scenario: 'resizes-it',
    answer: 'one page more',
    expected: { [V6]: '-EPERM', [V10]: '-EPERM', ...each(NOW, '-EINVAL') },
  },
  {
    says: 'hole-punch unaligned: EINVAL throughout',
    scenario: 'punches-a-hole',
    answer: 'half a page',
    expected: { [V6]: '-EINVAL', [V10]: '-EINVAL', ...each(NOW, '-EINVAL') },
  },
  {
    says: 'fallocate without KEEP_SIZE: grows the file, grows the file, EOPNOTSUPP',
    scenario: 'allocates-behind-the-end',
    answer: 'and grow it',
    expected: { [V6]: '0', [V10]: '0', ...each(NOW, '-EOPNOTSUPP') },
  },
  {
    says: 'fallocate past the end: EINVAL in guest_memfd',
    scenario: 'allocates-behind-the-end',
    answer: 'and keep its size',
    expected: each(NOW, '-EINVAL'),
  },
  {
    says: 'bind by another VM: allowed by the notifier, allowed by the notifier, EINVAL',
    scenario: 'second-vm',
    answer: 'the second VM binds it',
    expected: { [V6]: '0', [V10]: '0', ...each(NOW, '-EINVAL') },
  },
  {
    says: 'overlapping bind: warned of in v6 and v10, EINVAL, and EEXIST in 7.3',
    scenario: 'binds-it-twice',
    answer: 'at the second address',
    expected: {
      [V6]: '0',
      [V10]: '0',
      [V12]: '-EINVAL',
      'gmem-6.12.117': '-EINVAL',
      'gmem-6.18.44': '-EINVAL',
      'gmem-7.3.4': '-EEXIST',
    },
  },
  {
    says: 'user fault on a private page: no mapping, no mapping, no mapping; SIGBUS where a file with private pages can be mapped',
    scenario: 'host-reads-one-page',
    answer: 'host reads',
    expected: { [V6]: '-EPERM', [V10]: NO_OPERATION.mmap, ...each(NOW, '-ENODEV'), 'in-place-v8': 'SIGBUS' },
  },
  {
    says: 'guest access to a failed page: the VM is told and ends in v10, EHWPOISON in guest_memfd',
    scenario: 'loses-a-bad-page',
    answer: 'the guest loads',
    expected: {
      // What shmem does, and so v6, was not read.
      [V6]: 'not read',
      [V10]: 'KVM_EXIT_SHUTDOWN',
      ...each(
        NOW,
        'KVM_EXIT_MEMORY_FAULT { errno: EHWPOISON, flags: KVM_MEMORY_EXIT_FLAG_PRIVATE, gpa: 0x0, size: 0x1000 }',
      ),
    },
  },
  {
    says: 'page migration: ENOTSUPP in v6, unmovable by its mask in v10 (no errno), EOPNOTSUPP in guest_memfd',
    scenario: 'moves-a-page',
    answer: 'the kernel moves it',
    expected: { [V6]: '-ENOTSUPP', [V10]: 'not read', ...each(NOW, '-EOPNOTSUPP') },
  },
];

/** Rows of the researched table that no scenario asks: creation, which the tests of the models and the recordings hold. */
test('the rows on creation are held elsewhere', () => {
  const models = readFileSync(join(ROOT, 'src/model/proposals/memfile.test.ts'), 'utf8');
  assert.match(models, /excludes sealing/);
  const pages = readFileSync(join(ROOT, 'src/pictures/answers/gmem.ts'), 'utf8');
  for (const row of ['no page', 'flag 4', '100 bytes']) assert.ok(pages.includes(`row('${row}'`), row);
});

for (const { says, scenario, answer, expected } of ROWS) {
  test(says, () => {
    const found = Object.fromEntries(
      Object.keys(expected).map((id) => [
        id,
        table[scenario]?.[id]?.answers.find(({ name }) => name === answer)?.text ?? 'not asked',
      ]),
    );
    assert.deepEqual(found, expected);
  });
}
