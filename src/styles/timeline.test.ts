import assert from 'node:assert/strict';
import { readFileSync } from 'node:fs';
import { test } from 'node:test';
import { EVENT_GENERATIONS, EVENT_KINDS } from '../citation/timeline.ts';

test('the style sheet of the timeline knows every filter', () => {
  const css = readFileSync(new URL('./timeline.css', import.meta.url), 'utf8').replace(/["']/g, '"');
  const wanted = [
    ...Object.keys(EVENT_GENERATIONS).map((id) => `g-${id}`),
    ...Object.keys(EVENT_KINDS).map((id) => `k-${id}`),
  ];
  const missing = wanted.filter((id) => !css.includes(`main:has([value="${id}"]:checked) .events > :not(.${id})`));
  assert.deepEqual(missing, []);
});
