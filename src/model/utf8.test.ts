import assert from 'node:assert/strict';
import { test } from 'node:test';
import { utf8 } from './utf8.ts';

test('text becomes the bytes that a file would hold', () => {
  for (const text of [
    '',
    'frame 1',
    'é',
    '→',
    '😀',
    'a→é😀z',
    '\ud83d',
    'x\ude00y',
    '\u0000\u007f\u0080\u07ff\u0800\uffff',
  ]) {
    assert.deepEqual([...utf8(text)], [...new TextEncoder().encode(text)], JSON.stringify(text));
  }
});
