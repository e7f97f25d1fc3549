/** The command line: lists, images, standard input, JSON, exit codes. */
import assert from 'node:assert/strict';
import { spawnSync } from 'node:child_process';
import { mkdtempSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { after, test } from 'node:test';
import { fileURLToPath } from 'node:url';
import { documentOf, type ImageDocument } from './document.ts';

const CLI = fileURLToPath(new URL('./cli.ts', import.meta.url));
const EVIDENCE = new URL('../../../content/evidence/tdx_mrtd/', import.meta.url);
const folder = mkdtempSync(join(tmpdir(), 'mrtd-'));
after(() => rmSync(folder, { recursive: true }));

interface Vector {
  readonly id: string;
  readonly mrtd?: string;
  readonly results?: readonly { readonly policy: string; readonly mrtd: string }[];
}

const vector = (file: string, id: string): Vector =>
  (JSON.parse(readFileSync(new URL(`${file}.json`, EVIDENCE), 'utf8')) as { vectors: Vector[] }).vectors.find(
    (one) => one.id === id,
  ) as Vector;

function run(
  args: readonly string[],
  input: string | Uint8Array = '',
): { code: number | null; out: string; errors: string } {
  const { status, stdout, stderr } = spawnSync(process.execPath, [CLI, ...args], { encoding: 'utf8', input });
  return { code: status, out: stdout, errors: stderr };
}

test('a list of calls, as listed and in both orders', () => {
  const { code, out } = run(['-'], JSON.stringify(vector('calls', 'c25')));
  assert.equal(code, 0, out);
  assert.ok(out.includes(`MRTD, as listed: ${vector('calls', 'c25').mrtd}`), out);
  const interleaved = run(['-'], JSON.stringify(vector('calls', 'c14'))).out;
  const twoPass = run(['-'], JSON.stringify(vector('calls', 'c15'))).out;
  for (const out of [interleaved, twoPass]) {
    assert.ok(out.includes(`page by page: ${vector('calls', 'c14').mrtd}`), out);
    assert.ok(out.includes(`adds first: ${vector('calls', 'c15').mrtd}`), out);
  }
});

test('a firmware image from a file, with the programs that arrive at each measurement', () => {
  const { image } = documentOf({
    image: (vector('images', 'i01') as unknown as { image: unknown }).image,
  }) as ImageDocument;
  const file = join(folder, 'firmware.fd');
  writeFileSync(file, image);
  const { code, out } = run([file, '--json']);
  assert.equal(code, 0);
  const { mrtd } = JSON.parse(out) as { mrtd: { order: string; mrtd: string; by: string[] }[] };
  const [single, twoPass] = vector('images', 'i01').results ?? [];
  assert.deepEqual(
    mrtd.map((one) => [one.order, one.mrtd]),
    [
      ['interleaved', single?.mrtd],
      ['two-pass', twoPass?.mrtd],
    ],
  );
  assert.ok(mrtd[1]?.by.includes('Contrast, tdx-measure'));
});

test('regions with a file beside the list', () => {
  writeFileSync(join(folder, 'page.bin'), new Uint8Array(4096));
  const list = join(folder, 'list.json');
  const entry = { gpa: '0x0', nr_pages: 1, measure: true };
  writeFileSync(list, JSON.stringify([{ ...entry, source: { gen: 'file', file: 'page.bin' } }]));
  const { out } = run([list]);
  assert.ok(out.includes(`page by page: ${vector('calls', 'c08').mrtd}`), out);
  writeFileSync(list, JSON.stringify([{ ...entry, source: { gen: 'file', file: 'none.bin' } }]));
  assert.match(run([list]).errors, /entry 1: there is no file "none.bin"/);
});

test('exit codes: a foreseen refusal is 0, another one and a wrong answer are 1, unreadable input is 2', () => {
  assert.equal(run(['-'], JSON.stringify(vector('calls_failing', 'f06'))).code, 0);
  assert.equal(run(['-'], '[{"call":"MR.EXTEND","gpa":0}]').code, 1);
  assert.equal(run(['-'], JSON.stringify({ ...vector('calls', 'c01'), mrtd: '00' })).code, 1);
  for (const [input, message] of [
    ['[{"call":"MEM.PAGE.ADD","gpa":0},{"call":"MR.EXTEND","gpa":"zork"}]', /entry 2 \(MR\.EXTEND\): gpa has to be/],
    ['[{"call":"MR.EXTENT","gpa":0}]', /entry 1: call "MR.EXTENT" is not known; there are MEM.PAGE.ADD/],
    ['[{"gpa":0,"nr_pages":1,"measure":"yes"}]', /entry 1: measure has to be true or false/],
    ['[{"call":"MEM.PAGE.ADD","gpa":0,"page":{"gen":"noise"}}]', /page\.gen "noise" is not known/],
    ['{"calls":', /not JSON: line 1, column 10/],
    ['{}', /neither calls nor regions nor an image/],
    ['[{"call":"MEM.PAGE.ADD","gpa":0,"count":200000},{"call":"MEM.PAGE.ADD","gpa":0}]', /200001 calls/],
    ['no firmware', /There is no TDVF metadata: this is text, and a list in JSON begins with/],
    ['\u0000\u0001', /too few for a firmware/],
    ['{"calls":[],"regions":[]}', /has calls and regions; give one of them/],
    ['', /empty/],
  ] as const) {
    const { code, errors } = run(['-'], input);
    assert.equal(code, 2, input);
    assert.match(errors, message);
  }
  assert.equal(run([join(folder, 'none.json')]).code, 2);
  assert.equal(run([]).code, 2);
  assert.match(run(['a', '--jsn']).errors, /--jsn is not known/);
});

test('a byte order mark is left out, and a bare list has its answers compared', () => {
  assert.equal(run(['-'], '\ufeff[{"call":"MEM.PAGE.ADD","gpa":0}]').code, 0);
  const { code, out } = run(['-'], '[{"call":"MEM.PAGE.ADD","gpa":0,"digest_after":"00"}]');
  assert.equal(code, 1);
  assert.match(out, /entry 1, digest_after: the list says 00, computed 8f3e9a8aca67/);
});

test('metadata that cannot be right is refused by section', () => {
  const { image } = vector('images', 'i01') as unknown as { image: { patches: { offset: string; hex: string }[] } };
  const [table, guid] = image.patches as [{ offset: string; hex: string }, unknown];
  const altered = (from: string, to: string) =>
    JSON.stringify({ image: { ...image, patches: [{ ...table, hex: table.hex.replace(from, to) }, guid] } });
  assert.match(run(['-'], altered('0040ffff', '0041ffff')).errors, /Section 1 \(BFV\): .* no whole pages/);
  assert.match(run(['-'], altered('0040000000c00000', '0040000000c10000')).errors, /Section 1 \(BFV\): its data ends/);
  assert.match(run(['-'], altered('54445646', '54445647')).errors, /no TDVF descriptor stands/);
  assert.match(run(['-'], altered('9000000001000000', '9000000002000000')).errors, /version 2/);
  assert.match(run(['-'], altered('0100000004000000', '0100000040000000')).errors, /does not fit/);
});

test('a misspelled field is refused, in a list of calls and of regions', () => {
  const calls = run(['-'], '[{"call":"MEM.PAGE.ADD","gpa":"0x0","pgae":{"gen":"fill","byte":1}}]');
  assert.equal(calls.code, 2);
  assert.match(calls.errors, /entry 1 \(MEM\.PAGE\.ADD\): there is no field "pgae"/);
  const regions = run(['-'], '{"regions":[{"gpa":"0x0","nr_pages":1,"measured":true}]}');
  assert.equal(regions.code, 2);
  assert.match(regions.errors, /entry 1: there is no field "measured"/);
});
