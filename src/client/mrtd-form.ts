/** The rows of the MRTD tool's form: one entry each, as trees. */
import { CONTENTS, contentOf, type Entry, type ListKind } from '../measurement/tdx/draft.ts';
import { type Child, type Element, el } from '../pictures/tree.ts';
import { entryRow, field, select, text } from './tool-form.ts';

const CALLS = ['MEM.PAGE.ADD', 'MR.EXTEND', 'MR.FINALIZE', 'MEM.PAGE.REMOVE', 'MEM.PAGE.AUG', 'MEM.SEPT.ADD'];

/** What stands in a field: nothing where the entry does not have it. */
const shown = (value: unknown): string => String(value ?? '');

function contentFields(entry: Entry, kind: ListKind): Child[] {
  const { gen, value } = contentOf(entry, kind);
  const name = CONTENTS[gen]?.value;
  return [
    field(
      'bytes',
      'gen',
      select(
        'gen',
        gen,
        Object.entries(CONTENTS).map(([own, { title }]) => [own, title] as const),
      ),
    ),
    name !== undefined && field(name, 'value', text('value', shown(value))),
  ];
}

function callFields(entry: Entry): Child[] {
  const call = String(entry['call'] ?? '');
  return [
    field(
      'call',
      'call',
      select(
        'call',
        call,
        CALLS.map((one) => [one, one] as const),
      ),
    ),
    call !== 'MR.FINALIZE' && field('guest address', 'gpa', text('gpa', shown(entry['gpa']), '0x0')),
    call !== 'MR.FINALIZE' && field('times', 'length', text('count', shown(entry['count']), '1')),
    call === 'MEM.PAGE.ADD' && contentFields(entry, 'calls'),
  ];
}

const regionFields = (entry: Entry): Child[] => [
  field('guest address', 'gpa', text('gpa', shown(entry['gpa']), '0x0')),
  field('pages', 'length', text('nr_pages', shown(entry['nr_pages']), '1')),
  field(
    'measured',
    'measure',
    el('input', { type: 'checkbox', 'data-field': 'measure', checked: entry['measure'] === true }),
  ),
  contentFields(entry, 'regions'),
];

/** One row, counted from 0. */
export function mrtdRow(entry: Entry, kind: ListKind, index: number, count: number): Element {
  return entryRow(index, count, [kind === 'calls' ? callFields(entry) : regionFields(entry)]);
}
