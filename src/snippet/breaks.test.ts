import assert from 'node:assert/strict';
import { test } from 'node:test';
import { edited, outcome } from './breaks.ts';
import { compile } from './compile.ts';
import { compiled, run } from './run.helper.ts';

const edit = (find: string, replacement: string) => ({ edits: [{ find, with: replacement }] });

test('an edit needs a text that is found once', () => {
  assert.deepEqual(edited('a b', edit('a', 'c')), { source: 'c b' });
  assert.deepEqual(edited('a b', edit('x', 'c')), { wrong: 'does not fit: ‘x’ is not in the snippet' });
  assert.match(JSON.stringify(edited('a a', edit('a', 'c'))), /more than once/);
  assert.deepEqual(edited('a b', edit('a', 'a')), { wrong: 'changes nothing' });
  assert.deepEqual(edited('a b', { edits: [...edit('a', 'c').edits, ...edit('c b', 'd').edits] }), { source: 'd' });
});

test('special characters of a replacement stand for themselves', () => {
  assert.deepEqual(edited('a b', edit('a', "$& $1 $'")), { source: "$& $1 $' b" });
});

test('the outcome tells the lines that say otherwise than their arrows, and why a run ended', async () => {
  const of = async (source: string): Promise<string[]> => outcome(compiled(source), await run(source));
  assert.deepEqual(await of('1; // → 1'), []);
  assert.deepEqual(await of('1; // → 2\n2; // → 2'), ['1 → 1']);
  assert.deepEqual(await of('if (false) 1; // → 1'), ['1 → not reached']);
  assert.deepEqual(await of('1; // → 1\nnull.x; // → 3\n5; // → 5'), ['2 → throws TypeError']);
  assert.deepEqual(await of('const f = () => null.x;\n1; // → 1\nf(); // → 3'), [
    '3 → throws TypeError',
    '1 → throws TypeError',
  ]);
  const endless = await of('while (true) {} // the end\n1; // → 1');
  assert.equal(endless.length, 1);
  assert.match(endless[0] ?? '', /^1: Stopped after 100,000 steps/);
});

test('a break that does not parse has its error as outcome', () => {
  const broken = compile('x', 'let a = ;');
  assert.deepEqual(outcome(broken, undefined), ['1: ‘;’ cannot stand here.']);
});
