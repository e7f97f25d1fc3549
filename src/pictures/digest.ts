/** A digest that grows, as SVG: on the left what enters, on the right the digest after it, from top to bottom. */
import type { DigestPicture } from '../model/picture.ts';
import { drawing, LINE, label, width } from './drawing.ts';
import { type Child, type Element, el } from './tree.ts';

const PAD = 12;
const BETWEEN = 12;
const ARROW = 56;

type Step = DigestPicture['steps'][number];

function box(x: number, y: number, w: number, h: number, name: string, lines: readonly string[], owner = ''): Element {
  return el(
    'g',
    { class: `box ${owner}`.trim() },
    el('rect', { x, y, width: w, height: h }),
    label(x + PAD, y + 18, name, 'name'),
    lines.map((line, index) => label(x + PAD, y + 18 + LINE * (index + 1), line)),
  );
}

function head(x: number, y: number, down: boolean): Element {
  return el('path', {
    d: down ? `M${x - 4} ${y - 7}L${x} ${y}L${x + 4} ${y - 7}` : `M${x - 7} ${y - 4}L${x} ${y}L${x - 7} ${y + 4}`,
  });
}

const outcome = ({ digest, refused }: Step): string => (refused === undefined ? (digest ?? '…') : refused);

export function digestSvg({ title, start, steps }: DigestPicture): Element {
  const left = Math.max(120, ...steps.flatMap(({ label: name, lines }) => [name, ...lines].map(width))) + 2 * PAD;
  const right = Math.max(width(start), ...steps.map((step) => width(outcome(step)))) + 2 * PAD;
  const x = 1 + left + ARROW;
  const middle = x + right / 2;
  const children: Child[] = [box(x, 1, right, 30, start, [])];
  let bottom = 31;
  let y = 31 + BETWEEN;
  for (const step of steps) {
    const h = 13 + LINE * (1 + step.lines.length);
    const no = step.refused !== undefined;
    const skipped = step.digest === undefined && !no;
    const at = y + 15;
    children.push(
      skipped ? label(1 + PAD, at + 3, step.label, 'name') : box(1, y, left, h, step.label, step.lines, 'p'),
      el(
        'g',
        { class: no ? 'edge no' : 'edge' },
        !skipped && el('path', { d: `M${1 + left} ${at}H${x}` }),
        !skipped && head(x, at, false),
        no && label(1 + left + ARROW / 2, at - 5, '✕', 'mid'),
        !no && el('path', { d: `M${middle} ${bottom}V${y}` }),
        !no && head(middle, y, true),
      ),
      no || skipped ? label(x + PAD, at + 3, outcome(step)) : box(x, y, right, 30, outcome(step), []),
    );
    if (!no) bottom = y + 30;
    y += h + BETWEEN;
  }
  return drawing(x + right + 1, Math.max(bottom, y - BETWEEN) + 2, title, children);
}
