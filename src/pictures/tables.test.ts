/** Tables beside each other: the text says all that the drawing says; nothing leaves the frame. */
import assert from 'node:assert/strict';
import { test } from 'node:test';
import type { TablesPicture } from '../model/picture.ts';
import { readPicture } from '../snippet/reading.ts';
import { tablesSvg, tablesText } from './tables.ts';
import { html, text } from './tree.ts';

const picture: TablesPicture = {
  kind: 'tables',
  title: 'one page',
  tables: [
    { label: 'guest', columns: ['gPA', 'C'], rows: [{ id: 'g', cells: ['0x1000', '1'] }] },
    {
      label: 'RMP',
      columns: ['sPA', 'state'],
      rows: [
        { id: 'a', owner: 'P', cells: ['0x8000', 'Guest-Valid'], mark: 'changed' },
        { id: 'b', cells: ['0x9000', '<b>'] },
      ],
    },
    { label: 'nothing', columns: ['x'], rows: [] },
  ],
  edges: [
    { from: 'g', to: 'a' },
    { from: 'g', to: 'nowhere' },
    { from: 'a', to: 'g', refused: true },
  ],
};

test('as text', () => {
  assert.deepEqual(tablesText(picture), [
    'guest:',
    '  gPA     C',
    '  0x1000  1 → RMP 0x8000',
    'RMP:',
    '    sPA     state',
    '  P 0x8000  Guest-Valid * ✕ guest 0x1000',
    '    0x9000  <b>',
    'nothing:',
    '  x',
    '  empty',
  ]);
});

test('as SVG: all texts, inside the frame, no arrow to a row that is not there', () => {
  const drawn = tablesSvg(picture);
  const markup = html(drawn);
  assert.doesNotMatch(markup, /style=|NaN|undefined|<b>/);
  for (const name of ['gPA', '0x8000', 'Guest-Valid', 'empty', 'P']) assert.ok(text(drawn).includes(name), name);
  assert.equal(markup.match(/class="edge/g)?.length, 2);
  const [, , w = 0, h = 0] = (drawn.attributes['viewBox'] ?? '').split(' ').map(Number);
  for (const [, x = '', y = ''] of markup.matchAll(/<(?:rect|text) x="([\d.]+)" y="([\d.]+)"/g)) {
    assert.ok(Number(x) <= w && Number(y) <= h, `${x} ${y} in ${w} ${h}`);
  }
});

test('it crosses the border of the sandbox whole, and what does not fit is left out', () => {
  assert.deepEqual(readPicture(JSON.parse(JSON.stringify(picture))), picture);
  const odd = {
    ...picture,
    edges: undefined,
    tables: [{ label: 'x', columns: [], rows: [{ cells: [], mark: 'loud' }] }],
  };
  assert.deepEqual(readPicture(odd), {
    kind: 'tables',
    title: 'one page',
    tables: [{ label: 'x', columns: [], rows: [{ cells: [] }] }],
    edges: [],
  });
  assert.equal(readPicture({ ...picture, tables: [{ label: 'x', columns: [1], rows: [] }] }), undefined);
});
