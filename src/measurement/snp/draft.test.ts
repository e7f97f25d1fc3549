/** The form and the text are one list: what goes through the form comes back as it was, and nothing beside it is lost. */
import assert from 'node:assert/strict';
import { readdirSync, readFileSync } from 'node:fs';
import { test } from 'node:test';
import { fileURLToPath } from 'node:url';
import { hexOf } from '../../model/digest.ts';
import { draftOf, entriesIn, entryOf, listText, nextGpa, withEntries } from './draft.ts';
import { EXAMPLE } from './example.ts';
import { readLaunch } from './list.ts';
import { report } from './measure.ts';
import { verdict } from './text.ts';

const folder = fileURLToPath(new URL('../../../content/evidence/snp_launch_digest/', import.meta.url));
const vectors = readdirSync(folder).filter((file) => file.endsWith('.json'));

test('every vector survives the form: same digest, same answers', () => {
  for (const name of vectors) {
    const list = JSON.parse(readFileSync(folder + name, 'utf8'));
    const drafts = (entriesIn(list) ?? []).map(draftOf);
    const again = JSON.parse(listText(withEntries(list, drafts.map(entryOf))));
    const result = report(readLaunch(again));
    assert.equal(hexOf(result.digest), list.launch_digest, name);
    assert.deepEqual(verdict(result), verdict(report(readLaunch(list))), name);
  }
});

test('each kind of data has its field, and a rule without one is kept as JSON', () => {
  const through = (entry: object) => entryOf(draftOf(entry));
  for (const data of [
    { kind: 'zero' },
    { kind: 'repeat', byte: '0x90' },
    { kind: 'hex', hex: '00ff' },
    { kind: 'file', file: 'a.bin' },
    { kind: 'file', file: 'a.bin', offset: 4096 },
    { kind: 'counter', start: 1, step: 2 },
  ]) {
    assert.deepEqual(through({ gpa: '0x0', page_type: 'NORMAL', data })['data'], data);
  }
  assert.equal(draftOf({ data: { kind: 'file', file: 'a.bin', offset: 4096 } }).kind, 'json');
  const all = { gpa: '0x0', page_type: 'ZERO', page_size: '2M', length: '0x400000', imi_page: 1 };
  assert.deepEqual(through({ ...all, vmpl_perms: { vmpl1: '1', vmpl2: '0', vmpl3: '7' }, note: 'kept' }), {
    ...all,
    vmpl_perms: { vmpl1: '1', vmpl2: '0', vmpl3: '7' },
    note: 'kept',
  });
});

test('what makes no sense yet stays as it was typed', () => {
  const draft = { ...draftOf({ gpa: 'here', page_type: 'NORMAL' }), kind: 'json', value: '{"kind": ' };
  assert.equal(entryOf(draft)['gpa'], 'here');
  assert.equal(entryOf(draft)['data'], '{"kind": ');
  assert.throws(() => readLaunch([entryOf(draft)]), /gpa has to be a whole number/);
});

test('text of a list, with and without what stands beside the entries', () => {
  assert.deepEqual(JSON.parse(listText(EXAMPLE)), EXAMPLE);
  assert.equal(listText(EXAMPLE).split('\n').length, EXAMPLE.length + 2);
  assert.equal(listText([]), '[]');
  const list = { title: 'x', pages: [{ gpa: 0, page_type: 3 }] };
  assert.deepEqual(JSON.parse(listText(withEntries(list, [{ gpa: 1 }]))), { title: 'x', pages: [{ gpa: 1 }] });
});

test('the next address is the one behind the last entry', () => {
  assert.equal(nextGpa([]), '0x0');
  assert.equal(nextGpa([{ gpa: 0x1000n, length: 0x2000 }]), '0x3000');
  assert.equal(nextGpa([{ gpa: 2n ** 64n - 4096n, length: 4096 }]), '0x0');
});
