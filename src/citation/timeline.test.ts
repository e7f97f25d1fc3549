import assert from 'node:assert/strict';
import { type TestContext, test } from 'node:test';
import { project } from './fixture.ts';
import { Problems } from './problems.ts';
import { readTimeline } from './timeline.ts';

const EVENT = {
  id: 'seal-posted',
  date: '2021-11-19',
  kind: 'message',
  generation: 'f-seal-guest',
  title: 'A seal',
  people: ['Chao Peng'],
  from: ['msg:first@example.org', 'commit:0123456789ab'],
  summary: 'It is posted.',
};

function read(context: TestContext, events: object[]): { problems: string[]; ids: string[]; links: unknown } {
  const root = project(context, { 'content/records/timeline.json': JSON.stringify(events, undefined, 1) });
  const problems = new Problems();
  const found = readTimeline(root, new Map(), problems);
  return {
    problems: problems.list.map(({ line, text }) => `${line}: ${text}`),
    ids: found.map(({ id }) => id),
    links: found[0]?.links,
  };
}

test('an event leads to where it can be read', (context) => {
  const { problems, links } = read(context, [EVENT]);
  assert.deepEqual(problems, []);
  assert.deepEqual(links, [
    { word: 'message', url: 'https://lore.kernel.org/all/first@example.org/' },
    { word: 'commit', url: 'https://git.kernel.org/torvalds/c/0123456789ab' },
  ]);
});

test('events are in the order of their dates; those of one date keep their order', (context) => {
  const events = [
    { ...EVENT, id: 'c', date: '2022' },
    { ...EVENT, id: 'b', date: '2021-11' },
    { ...EVENT, id: 'a', date: '2021-11' },
  ];
  assert.deepEqual(read(context, events).ids, ['b', 'a', 'c']);
});

test('mistakes are named with their line', async (context) => {
  const cases: Record<string, [event: object, expected: RegExp]> = {
    'no source': [{ from: [] }, /^3: seal-posted: has no source/],
    'a source that is none': [{ from: ['msg:nobody'] }, /"msg:nobody" is no message/],
    'an unknown kind': [{ kind: 'rumor' }, /unknown kind "rumor"/],
    'an unknown generation': [{ generation: 'x' }, /unknown generation "x"/],
    'no date': [{ date: 'May' }, /"May" is not an ISO date/],
    'no summary': [{ summary: '' }, /"summary" must be text/],
  };
  for (const [name, [change, expected]] of Object.entries(cases)) {
    await context.test(name, (inner) => {
      const { problems } = read(inner, [{ ...EVENT, ...change }]);
      assert.equal(problems.length, 1);
      assert.match(problems[0] ?? '', expected);
    });
  }
  await context.test('an id twice', (inner) => {
    assert.match(read(inner, [EVENT, EVENT]).problems[0] ?? '', /stands twice/);
  });
});
