/** The listing of a snippet: numbers, folds, parts, answers in the place of arrows. */
import assert from 'node:assert/strict';
import { test } from 'node:test';
import { headOf, isMark, listing, partOf, type Row, row, withoutArrow } from './listing.ts';
import { html, text } from './tree.ts';

const SOURCE = `/** Purpose. */
import {
  Host,
} from 'unmapped';

const host = new Host();
// part: seal
const fd = host.open(); // → 3
// end: seal
host.close(fd); // → 0`.split('\n');

const rows: Row[] = SOURCE.map((source, index) => ({ line: index + 1, source }));

test('the head is the purpose and the imports', () => {
  assert.equal(headOf(SOURCE), 5);
  assert.equal(headOf(['const a = 1;']), 0);
});

test('parts by their marks; the marks are never shown', () => {
  assert.deepEqual(partOf(SOURCE, 'seal'), { first: 8, last: 8 });
  assert.equal(partOf(SOURCE, 'other'), undefined);
  assert.equal(isMark('  // part: seal'), true);
  const whole = listing(rows).map(html).join('');
  assert.ok(!whole.includes('part: seal'));
  assert.ok(whole.includes('<summary>lines 1–5: purpose and imports</summary>'));
});

test('a part keeps its line numbers and folds the rest away', () => {
  const trees = listing(rows, 'seal');
  assert.deepEqual(
    trees.map((tree) => text(tree).slice(0, 11)),
    ['lines 1–7: ', '8const fd =', 'lines 9–10:'],
  );
});

test('the answer stands in the place of the arrow, and its reason below it', () => {
  assert.equal(withoutArrow("a('// x'); // → -EPERM"), "a('// x');");
  const drawn = html(
    row({ line: 7, source: 'f(); // → 1', result: { line: 7, text: '-EPERM', why: 'No.', owners: [] }, was: '1' }),
  );
  assert.ok(
    drawn.includes('<span class="r no new" data-line="7">→ -EPERM<span class="was">was 1</span></span>'),
    drawn,
  );
  assert.ok(drawn.includes('<span class="why">No.</span>'));
  assert.ok(!drawn.includes('// →'));
});

test('a long line has its answer below it', () => {
  const long = row({ line: 1, source: 'x'.repeat(66), result: { line: 1, text: '-EPERM', owners: [] } });
  assert.match(long.attributes['class'] ?? '', /long/);
});
