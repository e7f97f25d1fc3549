/**
 * TLB epochs as SVG and as text: one row for each step, the epoch after it, and a bar in the lane of each virtual CPU for as long as
 * it is inside, with the epoch in which it entered. A bar from an older epoch than the row's is an old translation that may live.
 */
import type { EpochsPicture } from '../model/picture.ts';
import { drawing, label, width } from './drawing.ts';
import { type Child, el } from './tree.ts';

const HIGH = 24;
const HEAD = 26;
const PAD = 10;
const EPOCH = 'epoch';

export function epochsSvg({ title, lanes, events }: EpochsPicture): ReturnType<typeof drawing> {
  const shown = (event: EpochsPicture['events'][number]) => (event.refused === true ? `✕ ${event.text}` : event.text);
  const words = Math.max(40, ...events.map((event) => width(shown(event)))) + 2 * PAD;
  const column = width(EPOCH) + 2 * PAD;
  const lane = Math.max(60, ...lanes.map((name) => width(name) + 2 * PAD));
  const left = words + column;
  const bottom = HEAD + events.length * HIGH;
  const middle = (index: number) => left + index * lane + lane / 2;
  const heads: Child[] = [
    label(words + column / 2, 15, EPOCH, 'mid name'),
    ...lanes.map((name, index) => label(middle(index), 15, name, 'mid name')),
    ...lanes.map((_name, index) => el('path', { class: 'lane', d: `M${middle(index)} ${HEAD}V${bottom}` })),
  ];
  const rows = events.flatMap((event, row): Child[] => {
    const y = HEAD + row * HIGH;
    const earlier = events[row - 1];
    return [
      el('g', { class: event.refused === true ? 'no' : '' }, label(0, y + 16, shown(event))),
      label(words + column / 2, y + 16, String(event.epoch), earlier?.epoch === event.epoch ? 'mid' : 'mid name'),
      ...event.inside.flatMap((entered, index): Child[] => {
        if (entered === 0) return [];
        const x = middle(index) - 13;
        const first = earlier === undefined || earlier.inside[index] !== entered;
        const old = entered < event.epoch;
        return [
          el(
            'g',
            { class: `cell ${old ? 'x' : 'p'}` },
            el('rect', { x, y: first ? y + 3 : y, width: 26, height: first ? HIGH - 3 : HIGH }),
            el('rect', { x, y: first ? y + 3 : y, width: 26, height: first ? HIGH - 3 : HIGH, class: 'fill' }),
            (first || old) && label(middle(index), y + 17, String(entered), 'mid'),
          ),
        ];
      }),
    ];
  });
  return drawing(left + lanes.length * lane + 2, bottom + 4, title, [...heads, ...rows]);
}

/** One line for each step. */
export function epochsText({ lanes, events }: EpochsPicture): string[] {
  return events.map(({ text, epoch, refused, inside }) => {
    const who = inside.flatMap((entered, index) =>
      entered === 0 ? [] : [`${lanes[index]} inside since ${entered}${entered < epoch ? ' (old)' : ''}`],
    );
    return `epoch ${epoch}  ${refused === true ? '✕ ' : ''}${text}${who.length === 0 ? '' : `; ${who.join(', ')}`}`;
  });
}
