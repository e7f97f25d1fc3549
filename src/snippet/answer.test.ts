import assert from 'node:assert/strict';
import { test } from 'node:test';
import { readAnswer } from './answer.ts';
import { ANSWER_CHARACTERS } from './limits.ts';
import { run } from './run.helper.ts';

const result = { state: 'done', steps: 1, lines: [], console: [], pictures: [] };
const read = (over: object): unknown =>
  readAnswer(JSON.stringify({ result: { ...result, ...over }, arrows: [], disagreements: [] }))?.result;

test('an honest answer survives as it is', async () => {
  const honest = await run("import { PAGE } from 'unmapped';\nPAGE; // → 4096\nconsole.log(1);\nnull.x;");
  const answer = { result: honest, arrows: [{ line: 2, text: '4096' }], disagreements: [] };
  assert.deepEqual(readAnswer(JSON.stringify(answer)), answer);
});

test('anything else is no answer', () => {
  for (const data of [
    undefined,
    null,
    1,
    {},
    '',
    'x',
    '1',
    '[]',
    '{}',
    'null',
    '{"result":1}',
    JSON.stringify({ result }),
  ]) {
    assert.equal(readAnswer(data), undefined, String(data));
  }
  assert.equal(
    readAnswer(JSON.stringify({ result, arrows: [], disagreements: [] }).padEnd(ANSWER_CHARACTERS + 1)),
    undefined,
  );
});

test('fields of a wrong shape are refused', () => {
  for (const over of [
    { state: 'forged' },
    { steps: -1 },
    { steps: '1' },
    { lines: {} },
    { lines: [{ line: 1, text: 1, owners: [] }] },
    { lines: [{ line: 1.5, text: '1', owners: [] }] },
    { lines: [{ line: 1, text: '1', owners: [{ object: 'x', first: 0, runs: [['Q', 1]] }] }] },
    { console: [{ text: null }] },
    { pictures: [{ line: 1, picture: { kind: 'svg', title: 'x' } }] },
  ]) {
    assert.equal(read(over), undefined, JSON.stringify(over));
  }
});

test('what is not known is left out, what is long is cut', () => {
  const lines = [{ line: 1, text: 'x'.repeat(50_000), owners: [], html: '<b>', why: 3 }];
  const kept = read({ lines, extra: 1, error: { kind: 'nothing', message: 'x' } }) as { lines: { text: string }[] };
  assert.deepEqual(Object.keys(kept), ['state', 'steps', 'lines', 'console', 'pictures']);
  assert.deepEqual(Object.keys(kept.lines[0] ?? {}), ['line', 'text', 'owners']);
  assert.equal(kept.lines[0]?.text.length, 20_000);
  const many = read({ console: Array.from({ length: 5000 }, () => ({ text: 'x' })) }) as { console: unknown[] };
  assert.equal(many.console.length, 1000);
});

test('a key that reaches for the prototype does nothing', () => {
  const text =
    '{"result":{"state":"done","steps":0,"lines":[],"console":[],"pictures":[],"__proto__":{"a":1}},"arrows":[],"disagreements":[]}';
  const answer = readAnswer(text);
  assert.ok(answer);
  assert.equal((answer.result as unknown as { a?: number }).a, undefined);
  assert.equal(({} as { a?: number }).a, undefined);
});
