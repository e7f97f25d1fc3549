import assert from 'node:assert/strict';
import { test } from 'node:test';
import { partOf, relevant, shownLines } from './shown.ts';

const SOURCE = `const fd = open(); // → 3
// nothing here
grow(fd);
// → 0
shrink(fd);   // → 0
// part: end
load(at(view, PAGE)); // → SIGBUS
grow(fd); // → 0
// end: end
shrink(fd); // → -EPERM
close(fd); // → 0
`;

const results = (text: string, most = 2): string[] =>
  relevant(shownLines(SOURCE), text, most).map(({ code, result }) => `${code} ${result}`);

test('arrows are read with their code, also from a line of their own', () => {
  assert.deepEqual(
    shownLines(SOURCE).map(({ code, result }) => `${code} ${result}`),
    [
      'const fd = open(); 3',
      'grow(fd); 0',
      'shrink(fd); 0',
      'load(at(view, PAGE)); SIGBUS',
      'grow(fd); 0',
      'shrink(fd); -EPERM',
      'close(fd); 0',
    ],
  );
});

test('a part is what stands between its marks', () => {
  assert.deepEqual(
    shownLines(partOf(SOURCE, 'end') ?? '').map(({ result }) => result),
    ['SIGBUS', '0'],
  );
  assert.equal(partOf(SOURCE, 'start'), undefined);
});

test('the lines shown end with the result that the text names', () => {
  assert.deepEqual(results('A load is answered by SIGBUS.'), ['shrink(fd); 0', 'load(at(view, PAGE)); SIGBUS']);
  assert.deepEqual(results('Then it is EPERM.'), ['grow(fd); 0', 'shrink(fd); -EPERM']);
});

test('else with the call that it names, else with the last refusal, else with the last line', () => {
  assert.deepEqual(results('A program may shrink() and close().', 1), ['shrink(fd); -EPERM']);
  assert.deepEqual(results('It may load() a PAGE of it.', 1), ['load(at(view, PAGE)); SIGBUS']);
  assert.deepEqual(results('Something else.', 1), ['shrink(fd); -EPERM']);
  assert.deepEqual(
    relevant(
      [
        { code: 'a();', result: '0' },
        { code: 'b();', result: '1' },
      ],
      'x',
      1,
    ),
    [{ code: 'b();', result: '1' }],
  );
  assert.deepEqual(relevant([], 'x', 4), []);
});
