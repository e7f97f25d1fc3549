/** The replay of MRTD vectors sees every kind of answer that is altered, and knows no vector by its name. */
import assert from 'node:assert/strict';
import { mkdtempSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { after, test } from 'node:test';
import { documentOf, type ImageDocument } from '../../measurement/tdx/document.ts';
import { OWN } from '../files.ts';
import { tdxMrtd } from './tdx-mrtd.ts';

type Json = Record<string, unknown>;
const load = (name: string): Json => JSON.parse(readFileSync(join(OWN, 'tdx_mrtd', `${name}.json`), 'utf8'));
const vectorsOf = (item: Json): Json[] => item['vectors'] as Json[];
const run = (item: Json) => (tdxMrtd['tdx_mrtd/1']?.read(item, '') ?? []).map((vector) => vector.run());
const alone = (kind: string, vector: Json) =>
  run({ schema: 'tdx_mrtd/1', kind, vectors: [{ ...vector, id: 'another' }] })[0];

test('46 vectors agree, and what has no bytes is not counted', () => {
  const files = ['calls', 'calls_failing', 'regions', 'images'].map((name) => run(load(name)));
  assert.deepEqual(
    files.map((reports) => reports.length),
    [25, 9, 4, 8],
  );
  for (const report of files.flat()) assert.deepEqual(report.disagreements, [], report.title);
  assert.deepEqual([run(load('published')), run(load('real_firmware'))], [[], []]);
});

const digit = (hex: string): string => (hex.startsWith('0') ? '1' : '0') + hex.slice(1);

/** The vector with one answer altered, for each answer in it: digests, statuses and counts. */
function alterations(vector: Json): Json[] {
  const altered: Json[] = [];
  const visit = (value: unknown, put: (changed: unknown) => Json, key: string): void => {
    if (['page', 'source', 'image', 'td', 'confirmed_by', 'td_hob_content', 'other_tools'].includes(key)) return;
    if (Array.isArray(value)) {
      for (const [index, one] of value.entries()) visit(one, (changed) => put(value.with(index, changed)), key);
    } else if (typeof value === 'object' && value !== null) {
      for (const [name, one] of Object.entries(value))
        visit(one, (changed) => put({ ...value, [name]: changed }), name);
    } else if (typeof value === 'string' && /^[0-9a-f]{64,}$/.test(value)) altered.push(put(digit(value)));
    else if (key === 'status') altered.push(put('TDX_TD_FATAL'));
    else if (key === 'MEM.PAGE.ADD' || key === 'MR.EXTEND') altered.push(put(Number(value) + 1));
  };
  visit(vector, (changed) => changed as Json, '');
  return altered;
}

test('a named firmware is recomputed where its file lies beside the vectors', () => {
  const folder = mkdtempSync(join(tmpdir(), 'firmware-'));
  after(() => rmSync(folder, { recursive: true }));
  const made = vectorsOf(load('images')).find(({ id }) => id === 'i05') as Json;
  const { image } = documentOf({ image: made['image'] }) as ImageDocument;
  const [front, back] = [image.subarray(0, 0x4000), image.subarray(0x4000)];
  const { sha256 } = made['image'] as Json;
  const named = { ...made, image: { concatenation_of: ['VARS.fd', 'CODE.fd'], sha256 } };
  const item = { schema: 'tdx_mrtd/1', kind: 'real_firmware', vectors: [named] };
  const vectors = () => tdxMrtd['tdx_mrtd/1']?.read(item, join(folder, 'list.json')) ?? [];
  writeFileSync(join(folder, 'VARS.fd'), front);
  assert.equal(vectors().length, 0);
  writeFileSync(join(folder, 'CODE.fd'), back);
  assert.deepEqual(vectors()[0]?.run().disagreements, []);
  writeFileSync(
    join(folder, 'VARS.fd'),
    front.map((byte) => byte ^ 1),
  );
  const [hash] = vectors()[0]?.run().disagreements ?? [];
  assert.match(hash ?? '', /^SHA-256 of the image/);
});

test('an altered answer is seen, whichever it is', () => {
  let count = 0;
  for (const [file, kind] of Object.entries({ calls: 'calls', calls_failing: 'calls', regions: 'regions' })) {
    for (const vector of vectorsOf(load(file))) {
      for (const altered of alterations(vector)) {
        assert.equal(alone(kind, altered)?.disagreements.length, 1, String(vector['id']));
        count++;
      }
    }
  }
  assert.ok(count > 300, `${count} alterations`);
});

test('an altered measurement or section of an image is seen', () => {
  for (const vector of vectorsOf(load('images')).filter(({ id }) => id === 'i05' || id === 'i08')) {
    for (const altered of alterations(vector)) assert.equal(alone('images', altered)?.disagreements.length, 1);
    const [first, ...others] = vector['tdvf_sections'] as Json[];
    const moved = { ...vector, tdvf_sections: [{ ...first, memory_address: '0x1000' }, ...others] };
    assert.equal(alone('images', moved)?.disagreements.length, 1);
  }
});

test('altered input gives another measurement', () => {
  const vector = vectorsOf(load('calls')).find(({ id }) => id === 'c14') as Json;
  const calls = vector['calls'] as Json[];
  const swapped = [...calls.slice(2), ...calls.slice(0, 2)];
  assert.ok((alone('calls', { ...vector, calls: swapped })?.disagreements.length ?? 0) > 0);
});

test('what cannot be a vector is refused by name', () => {
  assert.throws(() => run({ schema: 'tdx_mrtd/1', kind: 'poems', vectors: [] }), /unknown kind 'poems'/);
  assert.throws(() => run({ schema: 'tdx_mrtd/1', kind: 'calls' }), /no list of vectors/);
  const policy = vectorsOf(load('images'))[0] as Json;
  assert.throws(() => alone('images', { ...policy, results: [{ policy: 'sideways' }] }), /'sideways'/);
  assert.throws(() => alone('calls', { calls: [{ call: 'MEM.PAGE.EAT', gpa: 0 }] }), /entry 1: call "MEM.PAGE.EAT"/);
});
