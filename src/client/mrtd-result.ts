/** A measured list or image as a tree: the build draws the worked example with it, the browser everything after. */
import { type Line, type MrtdReport, many, type NamedAnswer, type Row } from '../measurement/tdx/report.ts';
import { type Element, el } from '../pictures/tree.ts';

const code = (text: string, className?: string): Element => el('code', { class: className }, text);

/** Entries that are shown one by one; of more, the first and the last. */
const MOST = 40;
const ENDS = 15;

function entry({ number, what, where, note, refused, digest }: Row): Element {
  return el(
    'li',
    { class: refused === undefined ? undefined : 'refused' },
    el('p', {}, el('b', {}, `${number}. ${what}`), ' ', code(where), note !== '' && ` ${note}`),
    refused !== undefined && el('p', { class: 'why' }, `Refused, nothing of it is measured. ${refused}`),
    refused === undefined && digest !== undefined && el('p', {}, 'digest ', code(digest, 'digest')),
  );
}

function entries(rows: readonly Row[]): Element[] {
  if (rows.length <= MOST) return rows.map(entry);
  const between = el(
    'li',
    { class: 'more' },
    `${many(rows.length - 2 * ENDS, 'entry').replace('entrys', 'entries')} between`,
  );
  return [...rows.slice(0, ENDS).map(entry), between, ...rows.slice(-ENDS).map(entry)];
}

function outcome({ title, what, mrtd, by }: Line): Element {
  return el(
    'div',
    { class: 'final' },
    el('p', {}, el('b', {}, `MRTD, ${title}`), `: ${what}`),
    code(mrtd, 'digest'),
    by.length > 0 &&
      el(
        'ul',
        {},
        by.map((one) => el('li', {}, one)),
      ),
  );
}

export function mrtdTree(report: MrtdReport, answers: readonly NamedAnswer[] = []): Element {
  const wrong = answers.filter(({ expected, found }) => expected !== found);
  return el(
    'div',
    { class: 'grown' },
    el('ol', { class: 'entries' }, entries(report.rows)),
    el('p', { class: 'start' }, report.counts),
    report.lines.map(outcome),
    report.notes.length > 0 &&
      el(
        'ul',
        { class: 'notes' },
        report.notes.map((one) => el('li', {}, one)),
      ),
    answers.length > 0 &&
      el('p', {}, `${answers.length - wrong.length} of ${many(answers.length, 'answer')} that the list names agree.`),
    wrong.length > 0 &&
      el(
        'ul',
        { class: 'why' },
        wrong.map(({ field, expected, found }) =>
          el('li', {}, `${field}: the list says `, code(expected, 'digest'), ', computed ', code(found, 'digest')),
        ),
      ),
  );
}
