/**
 * Pictures as SVG trees, one function for each kind. Sizes are computed from the text and never measured, so that two
 * builds and two browsers draw the same; colors and patterns are classes, so that light, dark and print need one drawing.
 */
import type { GraphPicture, PagesPicture, Picture, SequencePicture } from '../model/picture.ts';
import { digestSvg } from './digest.ts';
import { drawing, LINE, label, width } from './drawing.ts';
import { epochsSvg } from './epochs.ts';
import { OWNERS } from './owners.ts';
import { tablesSvg } from './tables.ts';
import { type Child, type Element, el } from './tree.ts';

/** What stands below a box: how many pages it is, or who owned it before. */
function below(note: string): string {
  if (!(note in OWNERS)) return note;
  return note === '·' ? 'new' : `was ${note}`;
}

/** Pages of objects: a row of boxes each; a box that changed carries the owner before it, small, below. */
export function pagesSvg({ title, rows }: PagesPicture): Element {
  const box = 26;
  const gap = 8;
  const left = Math.max(40, ...rows.map((row) => width(row.label))) + 14;
  const most = Math.max(1, ...rows.map(({ cells }) => cells.length));
  const high = box + 20;
  const children = rows.flatMap((row, index): Child[] => {
    const y = 2 + index * high;
    return [
      label(0, y + 17, row.label, 'name'),
      row.cells.length === 0 && label(left, y + 17, 'no pages'),
      ...row.cells.map(({ owner, note }, page) => {
        const x = left + page * (box + gap);
        return el(
          'g',
          { class: `cell ${OWNERS[owner].className}${note !== undefined && note in OWNERS ? ' changed' : ''}` },
          el('rect', { x, y, width: box, height: box }),
          el('rect', { x, y, width: box, height: box, class: 'fill' }),
          label(x + box / 2, y + 17, owner, 'mid'),
          note !== undefined && label(x + box / 2, y + box + 13, below(note), 'mid was'),
        );
      }),
    ];
  });
  return drawing(Math.max(left + most * (box + gap), left + 70), rows.length * high + 2, title, children);
}

interface Placed {
  readonly x: number;
  readonly y: number;
  readonly w: number;
  readonly h: number;
}

/** Boxes in columns from left to right, and arrows between them. */
export function graphSvg({ title, nodes, edges }: GraphPicture): Element {
  const columns = [...new Set(nodes.map(({ column }) => column))].sort((a, b) => a - b);
  const placed = new Map<string, Placed>();
  let x = 1;
  let bottom = 0;
  for (const column of columns) {
    const own = nodes.filter((node) => node.column === column);
    const w = Math.max(...own.flatMap(({ label: text, lines }) => [text, ...(lines ?? [])].map(width))) + 20;
    let y = 1;
    for (const { id, lines } of own) {
      const h = 12 + LINE * (1 + (lines?.length ?? 0));
      placed.set(id, { x, y, w, h });
      y += h + 14;
    }
    bottom = Math.max(bottom, y - 14);
    const outside = edges.filter((edge) => own.some(({ id }) => id === edge.from));
    x += w + Math.max(44, ...outside.map((edge) => width(edge.label ?? '') + 30));
  }
  const right = Math.max(0, ...[...placed.values()].map((place) => place.x + place.w));
  const boxes = nodes.map(({ id, label: text, owner, lines }) => {
    const { x: left, y: top, w, h } = placed.get(id) as Placed;
    return el(
      'g',
      { class: `box ${owner === undefined ? '' : OWNERS[owner].className}`.trim() },
      el('rect', { x: left, y: top, width: w, height: h }),
      owner !== undefined && el('rect', { x: left, y: top, width: 5, height: h, class: 'fill' }),
      label(left + 12, top + 18, text, 'name'),
      (lines ?? []).map((line, index) => label(left + 12, top + 18 + LINE * (index + 1), line)),
    );
  });
  return drawing(right + 1, bottom + 1, title, [...edges.map((edge) => arrow(placed, edge)).filter(known), ...boxes]);
}

const known = (element: Element | undefined): element is Element => element !== undefined;

function arrow(placed: ReadonlyMap<string, Placed>, edge: GraphPicture['edges'][number]): Element | undefined {
  const from = placed.get(edge.from);
  const to = placed.get(edge.to);
  if (from === undefined || to === undefined) return undefined;
  const forward = to.x > from.x;
  const x1 = forward ? from.x + from.w : from.x;
  const y1 = from.y + Math.min(from.h / 2, 15);
  const x2 = forward ? to.x : to.x + to.w;
  const y2 = to.y + Math.min(to.h / 2, 15);
  const bend = (x2 - x1) / 2;
  const head = forward ? -7 : 7;
  return el(
    'g',
    { class: 'edge' },
    el('path', { d: `M${x1} ${y1}C${x1 + bend} ${y1} ${x2 - bend} ${y2} ${x2} ${y2}` }),
    el('path', { d: `M${x2 + head} ${y2 - 4}L${x2} ${y2}L${x2 + head} ${y2 + 4}` }),
    edge.label !== undefined && label((x1 + x2) / 2, (y1 + y2) / 2 - 5, edge.label, 'mid'),
  );
}

/** Who called whom: a column for each actor, time runs downward. */
export function sequenceSvg({ title, actors, messages }: SequencePicture): Element {
  const longest = Math.max(10, ...messages.map(({ text }) => text.length));
  const step = Math.max(width('x'.repeat(Math.min(longest, 34))) + 36, ...actors.map((actor) => width(actor) + 24));
  const head = 26;
  const high = 30;
  const w = Math.max(1, actors.length - 1) * step + 120;
  const h = head + messages.length * high + 14;
  const at = new Map(actors.map((actor, index) => [actor, 60 + index * step]));
  const lanes = actors.flatMap((actor) => {
    const x = at.get(actor) as number;
    return [label(x, 15, actor, 'mid name'), el('path', { class: 'lane', d: `M${x} ${head}V${h - 2}` })];
  });
  const calls = messages.map(({ from, to, text, refused }, index) => {
    const x1 = at.get(from) ?? 60;
    const x2 = at.get(to) ?? 60;
    const y = head + high * (index + 1) - 6;
    const back = x2 < x1 ? 7 : -7;
    const self = x1 === x2;
    return el(
      'g',
      { class: refused === true ? 'edge no' : 'edge' },
      el('path', { d: self ? `M${x1} ${y - 12}h18v12h-18` : `M${x1} ${y}H${x2}` }),
      el('path', { d: `M${x2 + (self ? 7 : back)} ${y - 4}L${x2} ${y}L${x2 + (self ? 7 : back)} ${y + 4}` }),
      self ? label(x1 + 24, y - 3, text) : label((x1 + x2) / 2, y - 6, refused === true ? `✕ ${text}` : text, 'mid'),
    );
  });
  return drawing(w, h, title, [...lanes, ...calls]);
}

/** The picture as SVG. */
export function svg(picture: Picture): Element {
  switch (picture.kind) {
    case 'digest':
      return digestSvg(picture);
    case 'epochs':
      return epochsSvg(picture);
    case 'pages':
      return pagesSvg(picture);
    case 'graph':
      return graphSvg(picture);
    case 'sequence':
      return sequenceSvg(picture);
    case 'tables':
      return tablesSvg(picture);
  }
}
