/** What every drawing is made of: a frame, texts, and how wide a text is. */
import { type Child, type Element, el } from './tree.ts';

/** Width of one character of the drawing's monospace at its 12 units, in units. */
const CHARACTER = 7.25;
/** Height of one line of text. */
export const LINE = 17;

/** Width of a text, in units. */
export const width = (text: string) => Math.ceil(text.length * CHARACTER);

/** The frame of a drawing. */
export function drawing(w: number, h: number, title: string, children: readonly Child[]): Element {
  return el(
    'svg',
    { class: 'drawing', viewBox: `0 0 ${w} ${h}`, width: w, height: h, role: 'img', 'aria-label': title },
    children,
  );
}

/** A text at a point of its base line. */
export function label(x: number, y: number, text: string, className?: string): Element {
  return el('text', { x, y, class: className }, text);
}
