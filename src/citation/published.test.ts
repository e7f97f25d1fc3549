import assert from 'node:assert/strict';
import { test } from 'node:test';
import { Problems } from './problems.ts';
import { checkPublished, format, withNew } from './published.ts';
import type { PublishedId } from './records.ts';

const claim = (id: string) => ({ id, file: 'a.mdx', line: 3, page: { revised: '2026-11-20' } });
const list = (entries: Record<string, PublishedId>): Map<string, PublishedId> => new Map(Object.entries(entries));

function check(published: Map<string, PublishedId>, ids: readonly string[]): string[] {
  const problems = new Problems();
  checkPublished(published, ids.map(claim), problems);
  return problems.list.map(({ file, line, text }) => `${file}:${line}: ${text}`);
}

test('a published id that is still there is good', () => {
  assert.deepEqual(check(list({ 'a-1': { since: '2026-11-20' } }), ['a-1']), []);
});

test('a vanished id is named, with what to do', () => {
  const [found, ...more] = check(list({ 'a-1': { since: '2026-11-20' }, 'a-2': { since: '2026-11-20' } }), ['a-1']);
  assert.match(
    found ?? '',
    /published-ids\.json:3: the published claim "a-2" has vanished: put the claim back, or name/,
  );
  assert.deepEqual(more, []);
});

test('an id may be superseded, and is then not used again', () => {
  const published = list({ 'a-1': { since: '2026-11-20', superseded_by: 'a-2' }, 'a-2': { since: '2026-11-20' } });
  assert.deepEqual(check(published, ['a-2']), []);
  assert.match(check(published, ['a-1', 'a-2'])[0] ?? '', /a\.mdx:3: .*superseded by "a-2"/);
});

test('an id that is not published is named, with the command', () => {
  assert.match(
    check(list({ 'a-1': { since: '2026-11-20' } }), ['a-1', 'a-2'])[0] ?? '',
    /a\.mdx:3: .*npm run publish-ids/,
  );
});

test('publishing adds at the end, dates by the revision of the page, and changes nothing else', () => {
  const published = list({ 'z-9': { since: '2026-11-01', corrections: [{ date: '2026-11-02', note: 'x' }] } });
  const { list: next, added } = withNew(published, [claim('a-1'), claim('z-9')]);
  assert.deepEqual(added, ['a-1']);
  assert.equal(
    format(next),
    '{\n  "z-9": {"since":"2026-11-01","corrections":[{"date":"2026-11-02","note":"x"}]},\n  "a-1": {"since":"2026-11-20"}\n}\n',
  );
  assert.deepEqual(JSON.parse(format(next)), next);
});
