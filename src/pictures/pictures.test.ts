/** Pictures as SVG and as text, frames of a run, markup that cannot be broken out of. */
import assert from 'node:assert/strict';
import { test } from 'node:test';
import type { DigestPicture, GraphPicture, SequencePicture } from '../model/picture.ts';
import type { OwnerRun, Ownership } from '../model/trace.ts';
import type { RunResult } from '../snippet/types.ts';
import { frames } from './frames.ts';
import { gutter, ownershipLetters, ownershipWords } from './owners.ts';
import { svg } from './svg.ts';
import { pictureText } from './text.ts';
import { el, html, text } from './tree.ts';

const own = (object: string, ...runs: OwnerRun[]): Ownership => ({ object, first: 0, runs });

test('text stays text, in children and in attributes', () => {
  const tree = el('p', { title: '"><script>', hidden: false, id: undefined }, '<img src=x>', [undefined, 'a & b']);
  assert.equal(html(tree), '<p title="&quot;&gt;&lt;script&gt;">&lt;img src=x&gt;a &amp; b</p>');
  assert.equal(text(tree), '<img src=x>a & b');
  assert.equal(html(el('input', { value: 1 })), '<input value="1">');
});

test('owners in words, in letters and as boxes', () => {
  const few = own('guest-ram', ['P', 2], ['·', 1], ['·', 1]);
  assert.equal(ownershipWords(few), 'guest-ram: pages 0–1 guest private, 2–3 free');
  assert.equal(ownershipLetters(few), '[PP··]');
  assert.equal(text(gutter([few])), 'PP··');
  const many = own('big', ['H', 512], ['!', 1], ['·', 1535]);
  assert.equal(ownershipLetters(many), '[H×512 ! ·×1535]');
  assert.equal(text(gutter([many])), 'H×512!·×1535');
  assert.equal(text(gutter([own('many', ['H', 9], ['P', 1], ['H', 9], ['P', 1])])), 'H×9PH×9…');
  assert.equal(ownershipWords({ ...few, first: 4, runs: [['S', 1]] }), 'guest-ram: page 4 shared');
  assert.equal(ownershipWords(own('empty')), 'empty: no pages');
  assert.equal(html(gutter([own('empty')])), '<span class="gut"></span>');
});

test('a gutter draws no more than a few boxes, whatever it is told', () => {
  const huge = own('x', ['H', Number.MAX_SAFE_INTEGER], ['P', Number.MAX_SAFE_INTEGER]);
  assert.ok(html(gutter([huge])).length < 500);
});

const run: RunResult = {
  state: 'done',
  steps: 3,
  lines: [
    { line: 2, text: '0', owners: [own('ram', ['·', 2])] },
    { line: 3, text: '3', owners: [] },
    { line: 4, text: '0', owners: [own('ram', ['P', 1], ['·', 1])] },
    { line: 6, text: '-EPERM', why: 'No.', owners: [own('big', ['H', 20])] },
  ],
  console: [],
  pictures: [{ line: 5, picture: { kind: 'sequence', title: 'calls', actors: [], messages: [] } }],
};

test('frames: one for each line that touched pages or took a picture, with what changed', () => {
  const all = frames(run);
  assert.deepEqual(
    all.map((frame) => frame.line),
    [2, 4, 5, 6],
  );
  assert.deepEqual(all[1]?.pages?.rows, [{ label: 'ram', cells: [{ owner: 'P', note: '·' }, { owner: '·' }] }]);
  assert.equal(all[2]?.picture?.title, 'calls');
  assert.deepEqual(all[3]?.pages?.rows[1], { label: 'big', cells: [{ owner: 'H', note: '×20' }] });
  assert.deepEqual(pictureText(all[1]?.pages as never), ['ram  [P·]  page 0: free → guest private']);
  assert.deepEqual(pictureText(all[3]?.pages as never)[1], 'big  [H×20]');
});

const graph: GraphPicture = {
  kind: 'graph',
  title: 'files',
  nodes: [
    { id: 'a', label: 'fd 3', column: 0 },
    { id: 'b', label: 'inode', column: 2, lines: ['size 0'] },
    { id: 'c', label: 'page 0', column: 3, owner: 'H', lines: ['host'] },
  ],
  edges: [
    { from: 'a', to: 'b', label: 'opens' },
    { from: 'b', to: 'c' },
    { from: 'b', to: 'nowhere' },
  ],
};
const calls: SequencePicture = {
  kind: 'sequence',
  title: 'calls',
  actors: ['qemu', 'kernel'],
  messages: [
    { from: 'qemu', to: 'kernel', text: 'mmap()' },
    { from: 'kernel', to: 'qemu', text: '-EPERM', refused: true },
    { from: 'kernel', to: 'kernel', text: 'check' },
  ],
};

test('pictures as text', () => {
  assert.deepEqual(pictureText(graph), ['fd 3 → opens inode', 'inode (size 0) → page 0 → nowhere', 'page 0 (host)']);
  assert.deepEqual(pictureText(calls), [
    'qemu → kernel: mmap()',
    'kernel → qemu: -EPERM (refused)',
    'kernel → kernel: check',
  ]);
});

test('pictures as SVG: the same twice, all labels there, nothing outside the frame, no style attribute', () => {
  for (const picture of [graph, calls, frames(run)[3]?.pages as never]) {
    const drawn = svg(picture);
    const markup = html(drawn);
    assert.equal(markup, html(svg(picture)));
    assert.doesNotMatch(markup, /style=|NaN|undefined/);
    const [, , w = 0, h = 0] = (drawn.attributes['viewBox'] ?? '').split(' ').map(Number);
    for (const [, x = '', y = ''] of markup.matchAll(/<(?:rect|text) x="([\d.]+)" y="([\d.]+)"/g)) {
      assert.ok(Number(x) <= w && Number(y) <= h, `${x} ${y} in ${w} ${h}`);
    }
  }
  for (const name of ['fd 3', 'inode', 'size 0', 'page 0', 'opens']) assert.ok(text(svg(graph)).includes(name), name);
  assert.ok(text(svg(calls)).includes('✕ -EPERM'));
});

const digest: DigestPicture = {
  kind: 'digest',
  title: 'chain',
  start: '00…',
  steps: [
    { label: 'NORMAL 0x1000', lines: ['bytes c0…'], digest: 'aa…' },
    { label: '508 more pages', lines: [] },
    { label: 'CPUID 0x2000', lines: [], refused: 'INVALID_PARAM' },
  ],
};

test('a digest chain: what enters, the digest after it, and a refused step that leaves it alone', () => {
  assert.deepEqual(pictureText(digest), [
    '00…',
    '+ NORMAL 0x1000 (bytes c0…) → aa…',
    '  508 more pages',
    '+ CPUID 0x2000: refused, INVALID_PARAM; the digest stays',
  ]);
  const drawn = html(svg(digest));
  assert.match(drawn, /aria-label="chain"/);
  assert.match(drawn, /class="edge no"/);
  assert.ok(!drawn.includes('undefined') && !drawn.includes('NaN'));
});
