import assert from 'node:assert/strict';
import { test } from 'node:test';
import { wrap } from './wrap.ts';

test('lines break between words and never exceed the width', () => {
  const text = Array.from({ length: 60 }, (_, i) => 'x'.repeat((i % 9) + 1)).join(' ');
  const lines = wrap(text, '  ', '    ');
  assert.ok(lines.every((line) => line.length <= 72));
  assert.equal(lines.map((line) => line.trim()).join(' '), text);
  assert.ok(lines.slice(1).every((line) => line.startsWith('    ')));
});

test('a line is filled to the last column', () => {
  assert.deepEqual(wrap(`${'x'.repeat(36)} ${'y'.repeat(35)}`), [`${'x'.repeat(36)} ${'y'.repeat(35)}`]);
  assert.equal(wrap(`${'x'.repeat(36)} ${'y'.repeat(36)}`).length, 2);
});

test('a word longer than a line stays whole', () => {
  const url = `https://lore.kernel.org/all/${'x'.repeat(80)}/`;
  assert.deepEqual(wrap(`see ${url} now`), ['see', url, 'now']);
});

test('no words give the beginning of the first line alone', () => {
  assert.deepEqual(wrap('', '> '), ['>']);
});
