/** What holds between the records, beyond the form of each, which the extractor checks. */
import assert from 'node:assert/strict';
import { test } from 'node:test';
import { text } from './tree.ts';

interface Message {
  readonly date: string;
  readonly thread?: string;
  readonly in_reply_to?: string | null;
}

const messages = new Map(Object.entries(JSON.parse(text('content/records/messages.json')) as Record<string, Message>));

test('a message answers one that is known and not younger', () => {
  const wrong = [...messages].filter(([, { date, in_reply_to: parent }]) => {
    if (parent === null || parent === undefined) return false;
    const before = messages.get(parent);
    return before === undefined || before.date > date;
  });
  assert.deepEqual(
    wrong.map(([id]) => id),
    [],
  );
});

test('the thread about F_SEAL_GUEST has its 25 messages', () => {
  assert.equal([...messages.values()].filter(({ thread }) => thread === 'f-seal-guest').length, 25);
});

test('generations come in the order of their dates, each with an id of its own and a known kind of evidence', () => {
  const generations = JSON.parse(text('content/records/generations.json')) as Record<
    'id' | 'date' | 'evidence',
    string
  >[];
  const dates = generations.map(({ date }) => date);
  assert.deepEqual(dates, [...dates].sort());
  assert.equal(new Set(generations.map(({ id }) => id)).size, generations.length);
  for (const { id, evidence } of generations) assert.match(evidence, /^(recorded|source read|posting|argued)$/, id);
});
