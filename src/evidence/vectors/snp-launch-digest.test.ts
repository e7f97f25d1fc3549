/** The replay of launch digests sees every kind of answer that is altered, and knows no vector by its name. */
import assert from 'node:assert/strict';
import { readdirSync, readFileSync } from 'node:fs';
import { join } from 'node:path';
import { test } from 'node:test';
import { OWN } from '../files.ts';
import { snpLaunchDigest } from './snp-launch-digest.ts';

type Item = Record<string, unknown>;
const folder = join(OWN, 'snp_launch_digest');
const load = (name: string): Item => JSON.parse(readFileSync(join(folder, name), 'utf8'));
const vectors = readdirSync(folder).filter((file) => file.endsWith('.json'));
const run = (item: Item) => {
  const [vector] = snpLaunchDigest['snp-launch-digest/1']?.read(item, '') ?? [];
  assert.ok(vector);
  return vector.run();
};

test('all agree, every digest that a file names is compared', () => {
  assert.equal(vectors.length, 31);
  for (const name of vectors) {
    const item = load(name);
    const report = run({ ...item, id: 'another' });
    assert.deepEqual(report.disagreements, [], name);
    const named = (JSON.stringify(item).match(/"[0-9a-f]{96}"/g) ?? []).length;
    // The digest to begin with and the digests of a page list are input.
    const lists = (JSON.stringify(item).match(/"page_digests":\[[^\]]*\]/g) ?? []).join('');
    const input = 1 + (lists.match(/"[0-9a-f]{96}"/g) ?? []).length;
    const compared = report.fields.filter(({ expected }) => /^[0-9a-f]{96}$/.test(expected)).length;
    assert.equal(compared, named - input, name);
  }
});

/** Every answer of a vector, one at a time, with one digit changed or a word exchanged. */
function alterations(item: Item): Item[] {
  const altered: Item[] = [];
  const visit = (value: unknown, put: (changed: unknown) => Item, key: string): void => {
    if (key === 'data' || key === 'initial_digest' || key === 'sources') return;
    if (Array.isArray(value)) {
      for (const [index, one] of value.entries()) visit(one, (changed) => put(value.with(index, changed)), key);
    } else if (typeof value === 'object' && value !== null) {
      for (const [name, one] of Object.entries(value))
        visit(one, (changed) => put({ ...value, [name]: changed }), name);
    } else if (typeof value === 'string' && /^[0-9a-f]{96}$/.test(value)) {
      altered.push(put((value.startsWith('0') ? '1' : '0') + value.slice(1)));
    } else if (key === 'firmware_status') altered.push(put('POLICY_FAILURE'));
    else if (key === 'digest_changed') altered.push(put(!value));
  };
  visit(item, (changed) => changed as Item, '');
  return altered;
}

test('an altered answer is seen, whichever it is', () => {
  for (const name of [
    's11-contiguous-range.json',
    's14-vmsa-tsc-fields-ignored.json',
    's16-imi-page.json',
    's18-cpuid-rejected-then-accepted.json',
    'p01-gce-update-data.json',
  ]) {
    const all = alterations(load(name));
    assert.ok(all.length > 3);
    for (const item of all) assert.equal(run(item).disagreements.length, 1, name);
  }
  const [sample] = alterations(load('s12-one-2m-page.json')).slice(3);
  assert.ok(sample && run(sample).disagreements.length === 1);
});

test('altered input gives other digests', () => {
  const item = load('s01-normal-zero-filled.json');
  const [entry] = item['launch_update'] as Item[];
  for (const change of [
    { gpa: '0x1000' },
    { page_type: 3 },
    { imi_page: 1 },
    { vmpl_perms: { vmpl2: 1 } },
    { data: { kind: 'repeat', byte: 1 } },
  ]) {
    const changed: Item = { ...entry, ...change };
    if ('page_type' in change) changed['page_type_name'] = 'ZERO';
    assert.ok(run({ ...item, launch_update: [changed] }).disagreements.length > 0, JSON.stringify(change));
  }
});
