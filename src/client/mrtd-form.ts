/** The rows of the MRTD tool's form: one entry each, as trees. */
import { CONTENTS, contentOf, type Entry, type ListKind } from '../measurement/tdx/draft.ts';
import { type Child, type Element, el } from '../pictures/tree.ts';

const CALLS = ['MEM.PAGE.ADD', 'MR.EXTEND', 'MR.FINALIZE', 'MEM.PAGE.REMOVE', 'MEM.PAGE.AUG', 'MEM.SEPT.ADD'];

const field = (label: string, name: string, input: Element): Element =>
  el('label', { class: `f ${name}` }, el('span', {}, label), input);

const text = (name: string, value: unknown, placeholder = ''): Element =>
  el('input', {
    type: 'text',
    'data-field': name,
    value: String(value ?? ''),
    placeholder,
    spellcheck: 'false',
    autocomplete: 'off',
  });

function select(name: string, value: string, options: readonly (readonly [string, string])[]): Element {
  const known = options.some(([own]) => own === value) ? options : [...options, [value, value] as const];
  return el(
    'select',
    { 'data-field': name },
    known.map(([own, shown]) => el('option', { value: own, selected: own === value }, shown)),
  );
}

const button = (action: string, name: string, label: string): Element =>
  el('button', { type: 'button', 'data-do': action, 'aria-label': label }, name);

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
    name !== undefined && field(name, 'value', text('value', value)),
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
    call !== 'MR.FINALIZE' && field('guest address', 'gpa', text('gpa', entry['gpa'], '0x0')),
    call !== 'MR.FINALIZE' && field('times', 'length', text('count', entry['count'], '1')),
    call === 'MEM.PAGE.ADD' && contentFields(entry, 'calls'),
  ];
}

const regionFields = (entry: Entry): Child[] => [
  field('guest address', 'gpa', text('gpa', entry['gpa'], '0x0')),
  field('pages', 'length', text('nr_pages', entry['nr_pages'], '1')),
  field(
    'measured',
    'measure',
    el('input', { type: 'checkbox', 'data-field': 'measure', checked: entry['measure'] === true }),
  ),
  contentFields(entry, 'regions'),
];

/** One row, counted from 0. */
export function mrtdRow(entry: Entry, kind: ListKind, index: number, count: number): Element {
  const number = index + 1;
  return el(
    'fieldset',
    { class: 'entry', 'data-entry': index },
    el('legend', {}, `Entry ${number}`),
    kind === 'calls' ? callFields(entry) : regionFields(entry),
    el(
      'span',
      { class: 'acts' },
      index > 0 && button('up', '↑', `Move entry ${number} up`),
      index < count - 1 && button('down', '↓', `Move entry ${number} down`),
      button('remove', 'Remove', `Remove entry ${number}`),
    ),
  );
}
