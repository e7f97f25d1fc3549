/** The command line: files beside the list, standard input, JSON, exit codes. */
import assert from 'node:assert/strict';
import { spawnSync } from 'node:child_process';
import { mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { after, test } from 'node:test';
import { fileURLToPath } from 'node:url';

const CLI = fileURLToPath(new URL('./cli.ts', import.meta.url));
const VECTOR = fileURLToPath(
  new URL('../../../content/evidence/snp_launch_digest/s18-cpuid-rejected-then-accepted.json', import.meta.url),
);
const folder = mkdtempSync(join(tmpdir(), 'launch-'));
after(() => rmSync(folder, { recursive: true }));

function run(args: readonly string[], input = ''): { code: number | null; out: string; errors: string } {
  const { status, stdout, stderr } = spawnSync(process.execPath, [CLI, ...args], { encoding: 'utf8', input });
  return { code: status, out: stdout, errors: stderr };
}

const ZERO = '9d13634b6014bb21cf059b2dc694e7bff01a8a7137041100cd2b695f3d10fb687267b97808b27f8f471d943bc6f53a20';

test('a list with a file beside it', () => {
  writeFileSync(join(folder, 'page.bin'), new Uint8Array(4096));
  const list = join(folder, 'list.json');
  writeFileSync(list, JSON.stringify([{ gpa: 0, page_type: 'NORMAL', data: { kind: 'file', file: 'page.bin' } }]));
  const { code, out } = run([list]);
  assert.equal(code, 0);
  assert.ok(out.includes(`launch digest  ${ZERO}`), out);
});

test('standard input, and JSON that another program can read', () => {
  const list = JSON.stringify({ pages: [{ gpa: 0, page_type: 1, data: { kind: 'zero' } }] });
  const { code, out } = run(['-', '--json'], list);
  assert.equal(code, 0);
  assert.equal((JSON.parse(out) as { launch_digest: string }).launch_digest, ZERO);
});

test('a vector: its refusal is foreseen, its answers agree', () => {
  const { code, out } = run([VECTOR, '--steps']);
  assert.equal(code, 0, out);
  assert.match(out, /refused, INVALID_PARAM/);
  assert.match(out, /(\d+) of \1 answers in the list agree/);
});

test('exit code 1 for a refusal and for an answer that disagrees, 2 for a list that cannot be read', () => {
  assert.equal(run(['-'], '[{"gpa": 1, "page_type": 3}]').code, 1);
  assert.equal(run(['-'], '{"pages": [], "launch_digest": "00"}').code, 1);
  const bad = run(['-'], '[{"gpa": 0, "page_type": 1}]');
  assert.equal(bad.code, 2);
  assert.match(bad.errors, /standard input: entry 1 \(NORMAL at 0x0\): data is missing/);
  assert.equal(run([join(folder, 'none.json')]).code, 2);
  assert.equal(run([]).code, 2);
  assert.match(run(['a.json', '--stepps']).errors, /--stepps is not known\nusage/);
  assert.match(run(['-x']).errors, /the option -x is not known/);
  assert.match(run([folder]).errors, /: This is a directory; name a file in it\.\n$/);
  assert.match(run([join(folder, 'none.json')]).errors, /none\.json: There is no such file\.\n$/);
  assert.equal(run(['--help']).code, 0);
});
