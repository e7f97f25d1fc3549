import assert from 'node:assert/strict';
import { test } from 'node:test';
import { median } from './measure.ts';

test('the median of odd, even and unsorted values; of nothing there is none', () => {
  assert.equal(median([5]), 5);
  assert.equal(median([9, 1, 5]), 5);
  assert.equal(median([10, 2, 1, 4]), 3);
  assert.throws(() => median([]));
});
