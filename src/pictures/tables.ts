/**
 * Tables beside each other, as SVG and as text: page tables and what they lead to. Arrows go from row to row; a row carries
 * the letter of its owner, and a bar where it changed. Sizes are computed from the text, as in every drawing.
 */
import type { TablesPicture } from '../model/picture.ts';
import { drawing, label, width } from './drawing.ts';
import { OWNERS } from './owners.ts';
import { type Element, el } from './tree.ts';

type Table = TablesPicture['tables'][number];
type Row = Table['rows'][number];

const HIGH = 20;
/** Label, heading, and the space above the first row. */
const HEAD = 42;
/** Between two tables: room for arrows, or less where none goes. */
const GAP = 42;
const CLOSE = 20;
const PAD = 6;

interface Place {
  readonly left: number;
  readonly right: number;
  readonly y: number;
  /** Place of its table from the left. */
  readonly table: number;
}

const columnWidths = ({ columns, rows }: Table): number[] =>
  columns.map(
    (heading, index) => Math.max(width(heading), ...rows.map(({ cells }) => width(cells[index] ?? ''))) + 2 * PAD,
  );

/** Room for the letters of the owners, where a row has one. */
const letters = ({ rows }: Table): number => (rows.some(({ owner }) => owner !== undefined) ? 22 : 0);

function drawRow(row: Row, x: number, y: number, offsets: readonly number[], w: number, owned: number): Element {
  const mark = row.mark === undefined ? '' : ` ${row.mark}`;
  return el(
    'g',
    { class: `row${row.owner === undefined ? '' : ` ${OWNERS[row.owner].className}`}${mark}` },
    el('rect', { x, y, width: w, height: HIGH, class: 'line' }),
    row.owner !== undefined && el('rect', { x, y, width: owned, height: HIGH, class: 'fill' }),
    row.owner !== undefined && label(x + owned / 2, y + 14, row.owner, 'mid letter'),
    row.cells.map((text, index) => label(x + owned + (offsets[index] ?? 0) + PAD, y + 14, text)),
    row.mark !== undefined && el('rect', { x: x - 5, y, width: 3, height: HIGH, class: 'bar' }),
  );
}

function arrow(from: Place, to: Place, refused: boolean): Element {
  // An arrow to a table on the left leaves on the left and arrives on the right.
  const forward = to.table > from.table;
  const x1 = forward ? from.right : from.left;
  const x2 = forward ? to.left - 6 : to.right;
  const y1 = from.y + HIGH / 2;
  const y2 = to.y + HIGH / 2;
  const bend = (x2 - x1) / 2;
  const head = forward ? -6 : 6;
  return el(
    'g',
    { class: refused ? 'edge no' : 'edge' },
    el('path', { d: `M${x1} ${y1}C${x1 + bend} ${y1} ${x2 - bend} ${y2} ${x2} ${y2}` }),
    el('path', { d: `M${x2 + head} ${y2 - 4}L${x2} ${y2}L${x2 + head} ${y2 + 4}` }),
  );
}

export function tablesSvg({ title, tables, edges = [] }: TablesPicture): Element {
  const places = new Map<string, Place>();
  const drawn: Element[] = [];
  const joined = (id: string | undefined): boolean => edges.some(({ from, to }) => id === from || id === to);
  const arrowsAt = tables.map(({ rows }) => rows.some(({ id }) => id !== undefined && joined(id)));
  let x = 6;
  let right = 0;
  let bottom = 0;
  for (const [index, table] of tables.entries()) {
    const widths = columnWidths(table);
    const offsets = widths.map((_own, column) => widths.slice(0, column).reduce((sum, one) => sum + one, 0));
    const owned = letters(table);
    const w = owned + widths.reduce((sum, one) => sum + one, 0);
    drawn.push(label(x, 14, table.label, 'name'));
    drawn.push(
      ...table.columns.map((text, column) => label(x + owned + (offsets[column] ?? 0) + PAD, 34, text, 'head')),
    );
    for (const [line, row] of table.rows.entries()) {
      const y = HEAD + line * HIGH;
      drawn.push(drawRow(row, x, y, offsets, w, owned));
      if (row.id !== undefined) places.set(row.id, { left: x, right: x + w, y, table: index });
    }
    if (table.rows.length === 0) drawn.push(label(x + PAD, HEAD + 14, 'empty'));
    bottom = Math.max(bottom, HEAD + Math.max(1, table.rows.length) * HIGH);
    right = x + Math.max(w, width(table.label));
    x = right + (arrowsAt[index] && arrowsAt[index + 1] ? GAP : CLOSE);
  }
  const arrows = edges.flatMap(({ from, to, refused }) => {
    const [a, b] = [places.get(from), places.get(to)];
    return a === undefined || b === undefined || a.table === b.table ? [] : [arrow(a, b, refused === true)];
  });
  return drawing(Math.max(right + 6, 60), bottom + 4, title, [...arrows, ...drawn]);
}

const MARK = { changed: ' *', refused: ' ✕' } as const;

/** A table is a heading and a line for each row; an arrow becomes the first cell of the row that it leads to. */
export function tablesText({ tables, edges = [] }: TablesPicture): string[] {
  const titles = new Map(
    tables.flatMap(({ label: name, rows }) => rows.map((row) => [row.id, `${name} ${row.cells[0] ?? ''}`] as const)),
  );
  return tables.flatMap((table) => {
    const owned = table.rows.some(({ owner }) => owner !== undefined);
    const lines = [table.columns, ...table.rows.map(({ cells }) => cells)];
    const widths = table.columns.map((_heading, i) => Math.max(...lines.map((cells) => (cells[i] ?? '').length)));
    const padded = (cells: readonly string[]) => widths.map((w, i) => (cells[i] ?? '').padEnd(w)).join('  ');
    return [
      `${table.label}:`,
      `  ${owned ? '  ' : ''}${padded(table.columns)}`.trimEnd(),
      ...table.rows.map(({ id, owner, cells, mark }) => {
        const to = edges
          .filter(({ from, to: there }) => from === id && titles.has(there))
          .map(({ to: there, refused }) => ` ${refused === true ? '✕' : '→'} ${titles.get(there)}`);
        const letter = owned ? `${owner ?? ' '} ` : '';
        return `  ${letter}${padded(cells).trimEnd()}${mark === undefined ? '' : MARK[mark]}${to.join('')}`;
      }),
      ...(table.rows.length === 0 ? ['  empty'] : []),
    ];
  });
}
