import assert from 'node:assert/strict';
import { spawnSync } from 'node:child_process';
import { copyFileSync, mkdirSync, mkdtempSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { after, test } from 'node:test';
import { fileURLToPath } from 'node:url';
import { findCompanion, OWN } from './files.ts';

const CLI = fileURLToPath(new URL('./cli.ts', import.meta.url));
const folder = mkdtempSync(join(tmpdir(), 'evidence-'));
after(() => rmSync(folder, { recursive: true }));

function run(...paths: string[]): { code: number | null; lines: string[]; errors: string } {
  const { status, stdout, stderr } = spawnSync(process.execPath, [CLI, ...paths], { encoding: 'utf8' });
  return { code: status, lines: stdout.trimEnd().split('\n'), errors: stderr };
}

const recording = (name: string) => join(OWN, 'memfd', `${name}.json`);
const parsed = (name: string) => JSON.parse(readFileSync(recording(name), 'utf8'));

function write(name: string, value: unknown): string {
  const file = join(folder, name);
  mkdirSync(join(file, '..'), { recursive: true });
  writeFileSync(file, JSON.stringify(value));
  return file;
}

test('without arguments: the project’s own recordings and vectors', () => {
  const { code, lines } = run();
  const [, passed] = /^(\d+) passed, 0 failed$/.exec(lines.at(-1) ?? '') ?? [];
  assert.ok(Number(passed) >= 168 + 31, lines.at(-1));
  assert.equal(code, 0);
});

test('files, folders and arrays are counted by case', () => {
  const array = write('mixed/two.json', [parsed('madvise'), parsed('create-flags')]);
  copyFileSync(recording('secret-fork'), join(array, '..', 'one.json'));
  const { code, lines } = run(join(folder, 'mixed'), recording('madvise'));
  assert.equal(lines.at(-1), '4 passed, 0 failed');
  assert.equal(code, 0);
});

test('a disagreement names file, step, expected and found, and fails', () => {
  const trace = parsed('madvise');
  trace.steps[1].result = { ok: false, errno: 'EPERM' };
  trace.steps[2].post.size = 1;
  const file = write('lie.json', trace);
  const { code, lines } = run(file);
  assert.equal(code, 1);
  assert.equal(lines.at(-1), '0 passed, 1 failed');
  assert.ok(lines[0]?.includes('lie.json: madvise: step 2 ftruncate: result: expected EPERM, found ok'), lines[0]);
  assert.ok(lines[1]?.includes('step 3 pwrite: post.size: expected 1, found 8192'), lines[1]);
});

test('an unknown schema is an error that names file and schema; the rest still runs', () => {
  const file = write('strange.json', { schema: 'strange/9' });
  const { code, lines, errors } = run(file, recording('madvise'));
  assert.equal(code, 1);
  assert.match(errors, /strange\.json: unknown schema 'strange\/9'/);
  assert.equal(lines.at(-1), '1 passed, 0 failed');
});

test('a companion loads and is not counted', () => {
  const setups = write('sept/setups.json', { schema: 'tdx_sept/setups/1', setups: {} });
  const { code, lines } = run(setups, recording('madvise'));
  assert.equal(code, 0);
  assert.equal(lines.at(-1), '1 passed, 0 failed');
  assert.equal(findCompanion(join(folder, 'sept', 'steps.json'), 'setups.json'), setups);
  assert.equal(findCompanion(join(folder, 'memfd', 'x.json'), 'madvise.json'), recording('madvise'));
  assert.equal(findCompanion(join(folder, 'sept', 'steps.json'), 'callers.json'), undefined);
});

test('nothing, broken JSON, and a kernel that was not read are errors', () => {
  const broken = join(folder, 'broken.json');
  writeFileSync(broken, '{');
  const unread = write('unread.json', { ...parsed('madvise'), kernel: '6.19.1' });
  for (const [path, message] of [
    [join(folder, 'nowhere'), /no such file or folder/],
    [broken, /broken\.json/],
    [unread, /Linux 6\.19\.1 was not read/],
    [write('bare.json', [{}]), /without a 'schema' field/],
  ] as const) {
    const { code, errors } = run(path);
    assert.equal(code, 1);
    assert.match(errors, message);
  }
});
