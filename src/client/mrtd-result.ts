/** A measured list or image as a tree: the build draws the worked example with it, the browser everything after. */
import { type Line, type MrtdReport, many, type NamedAnswer, type Row } from '../measurement/tdx/report.ts';
import { type Element, el } from '../pictures/tree.ts';

const code = (text: string, className?: string): Element => el('code', { class: className }, text);

/** Entries that are shown one by one; of more, the first and the last. */
const MOST = 40;
const ENDS = 15;

function entry({ number, what, where, note, refused, digest }: Row, said: boolean): Element {
  return el(
    'li',
    { class: refused === undefined ? undefined : 'refused' },
    el('p', {}, el('b', {}, said ? `${number}. ${what}` : what), ' ', code(where), note !== '' && ` ${note}`),
    refused !== undefined && el('p', { class: 'why' }, `Refused, nothing of it is measured. ${refused}`),
    refused === undefined && digest !== undefined && el('p', {}, 'digest ', code(digest, 'digest')),
  );
}

/** The list of the entries; its numbers come from the style, or stand in the text where entries are left out. */
function entries(rows: readonly Row[]): Element {
  const whole = rows.length <= MOST;
  if (whole)
    return el(
      'ol',
      { class: 'entries numbered' },
      rows.map((row) => entry(row, false)),
    );
  const between = el('li', { class: 'more' }, `${rows.length - 2 * ENDS} entries between`);
  const [first, last] = [rows.slice(0, ENDS), rows.slice(-ENDS)].map((part) => part.map((row) => entry(row, true)));
  return el('ol', { class: 'entries' }, first, between, last);
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
    entries(report.rows),
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
