import assert from 'node:assert/strict';
import { test } from 'node:test';
import { Problems } from './problems.ts';
import { checkPublished, fingerprint, format, type Listed, publish } from './published.ts';
import type { PublishedId } from './records.ts';

const claim = (id: string, text = 'It is so.', revised = '2026-11-20'): Listed => {
  return { id, text, status: 'posted', file: 'a.mdx', line: 3, page: { revised } };
};
const text = fingerprint(claim('any'));
const list = (entries: Record<string, Partial<PublishedId>>): Map<string, PublishedId> =>
  new Map(Object.entries(entries).map(([id, entry]) => [id, { since: '2026-11-20', text, ...entry }]));

function check(published: Map<string, PublishedId>, claims: readonly Listed[]): string[] {
  const problems = new Problems();
  checkPublished(published, claims, problems);
  return problems.list.map(({ file, line, text: what }) => `${file}:${line}: ${what}`);
}

test('a published claim that is still there and says the same is good', () => {
  assert.deepEqual(check(list({ 'a-1': {} }), [claim('a-1')]), []);
});

test('a vanished id is named, with what to do', () => {
  const [found, ...more] = check(list({ 'a-1': {}, 'a-2': {} }), [claim('a-1')]);
  assert.match(
    found ?? '',
    /published-ids\.json:3: the published claim "a-2" has vanished: put the claim back, or name/,
  );
  assert.deepEqual(more, []);
});

test('an id may be superseded, and is then not used again', () => {
  const published = list({ 'a-1': { superseded_by: 'a-2' }, 'a-2': {} });
  assert.deepEqual(check(published, [claim('a-2')]), []);
  assert.match(check(published, [claim('a-1'), claim('a-2')])[0] ?? '', /a\.mdx:3: .*superseded by "a-2"/);
});

test('an id that is not published is named, with the command', () => {
  const found = check(list({ 'a-1': {} }), [claim('a-1'), claim('a-2')]);
  assert.match(found[0] ?? '', /a\.mdx:3: .*"a-2" is new: "npm run publish-ids"/);
});

test('a claim that says something else than what was published is named, with the command', () => {
  for (const other of [claim('a-1', 'It is not so.'), { ...claim('a-1'), status: 'recorded' }]) {
    assert.match(check(list({ 'a-1': {} }), [other])[0] ?? '', /a\.mdx:3: .*"a-1" no longer says .*--note/);
  }
});

test('publishing adds in the order of ids, dates by the revision of the page, and changes nothing else', () => {
  const corrections = [{ date: '2026-11-02', note: 'x' }];
  const published = list({ 'z-9': { since: '2026-11-01', corrections } });
  const { list: next, added, changed } = publish(published, [claim('a-1'), claim('z-9')]);
  assert.deepEqual([added, changed], [['a-1'], []]);
  assert.equal(
    format(next),
    `{\n  "a-1": {"since":"2026-11-20","text":"${text}"},\n  "z-9": {"since":"2026-11-01","text":"${text}","corrections":[{"date":"2026-11-02","note":"x"}]}\n}\n`,
  );
  assert.deepEqual(JSON.parse(format(next)), next);
});

test('a changed claim needs a note, which becomes a dated correction; not on the day of its publication', () => {
  const later = claim('a-1', 'It is not so.', '2026-12-01');
  const published = list({ 'a-1': {} });
  assert.deepEqual(publish(published, [later]).refused, ['a-1']);
  const { list: next, changed } = publish(published, [later], 'It was wrong.');
  assert.deepEqual(changed, ['a-1']);
  assert.deepEqual(next['a-1'], {
    since: '2026-11-20',
    text: fingerprint(later),
    corrections: [{ date: '2026-12-01', note: 'It was wrong.' }],
  });
  const sameDay = claim('a-1', 'It is not so.');
  assert.deepEqual(publish(published, [sameDay]).list['a-1'], { since: '2026-11-20', text: fingerprint(sameDay) });
});
