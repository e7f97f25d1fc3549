/** Mistakes in JSON: named by line and column, never by the engine's words; agreement with JSON.parse on what is JSON. */
import assert from 'node:assert/strict';
import { test } from 'node:test';
import { readJson } from './json.ts';
import { Problem } from './problem.ts';

test('what is JSON is read as JSON.parse reads it', () => {
  const texts = ['[]', '{}', ' {"a": [1, -2.5e+3, "x\\"y\\\\", true, null, {"b": {}}]} ', '"a"', '0', '[[], [{}]]'];
  for (const text of texts) assert.deepEqual(readJson(text), JSON.parse(text));
  assert.deepEqual(readJson('\uFEFF[1]'), [1]);
  const deep = `${'['.repeat(5000)}${']'.repeat(5000)}`;
  assert.doesNotThrow(() => readJson(deep));
});

test('mistakes have a line, a column and a reason', () => {
  const wrong: [string, RegExp][] = [
    ['[{"gpa": NaN}]', /not JSON: line 1, column 10, N stands where a value is expected\.$/],
    ['[1,\n 2,]', /line 2, column 4, ] stands where a value is expected/],
    ['{"a": 1,}', /line 1, column 9, } stands where a name in quotation marks is expected/],
    ["{'a': 1}", /line 1, column 2, ' stands where a name/],
    ['{"a" 1}', /line 1, column 6, 1 stands where a colon/],
    ['[1 2]', /line 1, column 4, 2 stands where a comma or ] is expected/],
    ['[1', /line 1, column 3, the text ends where a comma or ] is expected/],
    ['[0x10]', /line 1, column 2, 0 stands where a value/],
    ['[] []', /line 1, column 4, \[ stands behind the end/],
    ['["a\nb"]', /column 2, a text has no end, a line break or a wrong backslash/],
    ['["a', /column 2, a text has no end/],
    ['\u0000\u0001', /column 1, a character that is none of JSON stands where a value is expected/],
    ['[01]', /column 2, 0 stands where a value/],
    ['nulll', /column 1, n stands where a value/],
  ];
  for (const [text, says] of wrong) {
    assert.throws(
      () => readJson(text),
      (error) => error instanceof Problem && says.test(error.message),
      text,
    );
  }
});

test('a field that stands twice is refused, with its entry', () => {
  const refused = (text: string): Problem => {
    try {
      readJson(text);
    } catch (error) {
      if (error instanceof Problem) return error;
    }
    return assert.fail(`not refused: ${text}`);
  };
  const bare = refused('[{"a": 1}, {"a": 1, "\\u0061": 2}]');
  assert.match(bare.message, /^entry 2: the field "a" stands twice \(line 1, column 21\); keep one of them\.$/);
  assert.equal(bare.entry, 1);
  assert.match(refused('{"pages": [{"data": {"k": 1, "k": 2}}]}').message, /^entry 1: the field "k" stands twice/);
  assert.match(refused('{"a": 1, "a": 1}').message, /^the field "a" stands twice/);
});
