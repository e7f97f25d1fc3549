/** The result of measuring a list, as a tree: the build draws the worked example with it, the browser everything after. */

import type { LaunchReport, MeasuredPage } from '../measurement/snp/measure.ts';
import { type EntryLine, entryLines, many, verdict } from '../measurement/snp/text.ts';
import { hexOf } from '../model/digest.ts';
import { type Element, el } from '../pictures/tree.ts';

/** Pages of one entry that are shown one by one; of more, the first and the last. */
const MOST_PAGES = 6;
const ENDS = 2;

const code = (text: string, className?: string): Element => el('code', { class: className }, text);

function pageLine({ gpa, contents, digest }: MeasuredPage, alone: boolean): Element {
  const measured = contents?.some((byte) => byte !== 0) === true;
  const about = measured ? ['contents ', code(`${hexOf(contents).slice(0, 16)}…`)] : 'contents zero';
  // The address of an entry of one page stands above it.
  const address = alone ? [] : [code(`0x${gpa.toString(16)}`), ' '];
  return el('li', {}, el('span', {}, address, el('span', {}, about)), ' ', code(hexOf(digest), 'digest'));
}

function pages(all: readonly MeasuredPage[]): Element[] {
  const good = all.filter(({ status }) => status.code === 0);
  if (good.length <= MOST_PAGES) return good.map((page) => pageLine(page, good.length === 1));
  const left = good.length - 2 * ENDS;
  return [
    ...good.slice(0, ENDS).map((page) => pageLine(page, false)),
    el('li', { class: 'more' }, `${many(left, 'page')} between`),
    ...good.slice(-ENDS).map((page) => pageLine(page, false)),
  ];
}

function entry(line: EntryLine, all: readonly MeasuredPage[]): Element {
  const { type, where, refused } = line;
  return el(
    'li',
    { class: refused === undefined ? undefined : 'refused' },
    el('p', {}, el('b', {}, type), ' ', code(where), line.pages > 1 && ` ${many(line.pages, 'page')}`),
    line.pages > 0 && el('ol', { class: 'pages' }, pages(all)),
    refused !== undefined && el('p', { class: 'why' }, `Refused, the digest stays. ${refused}`),
  );
}

/** Entries in order with the digest after each page, the final digest, and what the list says of it itself. */
export function resultTree(report: LaunchReport): Element {
  const { compared, disagreements } = verdict(report);
  const imi = report.list.entries.some(({ imi_page }) => imi_page);
  const start = report.list.initial === undefined ? '48 zero bytes' : hexOf(report.list.initial);
  return el(
    'div',
    { class: 'grown' },
    el('p', { class: 'start' }, 'The digest before the first page: ', code(start, 'digest')),
    el(
      'ol',
      { class: 'entries numbered' },
      entryLines(report).map((line, index) => entry(line, report.entries[index] ?? [])),
    ),
    el('p', { class: 'final' }, el('b', {}, 'Launch digest '), code(hexOf(report.digest), 'digest')),
    imi && el('p', { class: 'final' }, el('b', {}, 'IMI digest '), code(hexOf(report.imd), 'digest')),
    compared > 0 &&
      el('p', {}, `${compared - disagreements.length} of ${many(compared, 'answer')} that the list names agree.`),
    disagreements.length > 0 &&
      el(
        'ul',
        { class: 'why' },
        disagreements.map(({ field, expected = '', found = '(none)' }) =>
          el('li', {}, `${field}: the list says `, code(expected, 'digest'), ', computed ', code(found, 'digest')),
        ),
      ),
  );
}
