/** The picture that moves, as a figure: every frame in order; a style rule shows one at a time where scripts run. */
import { type Frame, frames } from '../../pictures/frames.ts';
import { withoutArrow } from '../../pictures/listing.ts';
import { svg } from '../../pictures/svg.ts';
import { pictureText } from '../../pictures/text.ts';
import { type Element, el } from '../../pictures/tree.ts';
import type { RunResult } from '../../snippet/types.ts';

/** What a stepper is drawn from. */
export interface StepperInput {
  readonly id: string;
  readonly title: string;
  readonly source: string;
  readonly result: RunResult;
}

function item({ line, result, pages, picture }: Frame, source: string, index: number, count: number): Element {
  const code = withoutArrow(source).trim();
  const drawn = [pages, picture].filter((one) => one !== undefined);
  return el(
    'li',
    {},
    el('p', { class: 'at' }, el('span', { class: 'n' }, `${index + 1} of ${count} · line ${line}`)),
    el(
      'p',
      { class: 'call' },
      el('code', {}, code),
      result !== undefined && el('span', { class: 'r' }, ` → ${result.text}`),
    ),
    result?.why !== undefined && el('p', { class: 'why' }, result.why),
    el(
      'div',
      // A wide drawing scrolls in its own place, also from the keyboard.
      { class: 'drawings', tabindex: 0, role: 'group', 'aria-label': `Drawing of step ${index + 1}` },
      drawn.map((one) => svg(one)),
    ),
    el('pre', { class: 'frame-text' }, drawn.flatMap(pictureText).join('\n')),
  );
}

export function stepper({ id, title, source, result }: StepperInput): Element {
  const all = frames(result);
  if (all.length === 0) throw new Error(`Stepper: the run of ${id} has no picture and no line that says who owns what`);
  const lines = source.split('\n');
  const range = {
    type: 'range',
    min: 1,
    max: all.length,
    step: 1,
    value: 1,
    'aria-label': `Step through ${id}`,
    'data-action': 'step',
  };
  return el(
    'figure',
    { class: 'stepper', 'data-snippet': id },
    el('figcaption', {}, title),
    el(
      'div',
      { class: 'controls' },
      el('button', { type: 'button', 'data-action': 'step', 'data-by': -1, 'aria-label': 'Previous step' }, '←'),
      el('input', range),
      el('button', { type: 'button', 'data-action': 'step', 'data-by': 1, 'aria-label': 'Next step' }, '→'),
    ),
    el(
      'ol',
      { class: 'frames' },
      all.map((frame, index) => item(frame, lines[frame.line - 1] ?? '', index, all.length)),
    ),
  );
}
