/** The rows of the form: one entry each, as trees. What a field means is said by its label; the list itself is in the text. */
import { type Draft, KINDS } from '../measurement/snp/draft.ts';
import { PAGE_TYPE_NAMES } from '../model/sev/page-info.ts';
import { type Element, el } from '../pictures/tree.ts';
import { entryRow, field, type Option, select, text } from './tool-form.ts';

/** Names of a draft's fields that have an input. */
export type Field = 'gpa' | 'page_type' | 'page_size' | 'length' | 'kind' | 'value' | 'vmpl' | 'imi';

const TYPES: readonly Option[] = PAGE_TYPE_NAMES.flatMap((name) => (name === undefined ? [] : [[name, name] as const]));
const SIZES: readonly Option[] = [
  ['4K', '4K'],
  ['2M', '2M'],
];

/** What the value of each kind of data is called; kinds without one have no field. */
const VALUES: Readonly<Record<string, string>> = {
  repeat: 'byte',
  'text-repeat': 'text',
  hex: 'digits',
  base64: 'base64',
  file: 'name of the file',
  json: 'rule',
};

/** Shown name of a type: a number in the list stands for the name. */
const typeOf = (value: string): string => PAGE_TYPE_NAMES[Number(value)] ?? value.toUpperCase();

/** One row, counted from 0. */
export function row(draft: Draft, index: number, count: number): Element {
  const value = VALUES[draft.kind];
  return entryRow(index, count, [
    field('guest address', 'gpa', text('gpa', draft.gpa, '0x0')),
    field('type', 'page_type', select('page_type', typeOf(draft.page_type), TYPES)),
    field('size', 'page_size', select('page_size', draft.page_size, SIZES)),
    field('length', 'length', text('length', draft.length, 'one page')),
    field('bytes', 'kind', select('kind', draft.kind, KINDS)),
    value !== undefined && field(value, 'value', text('value', draft.value)),
    field('VMPL 1 2 3', 'vmpl', text('vmpl', draft.vmpl, '0 0 0')),
    field('IMI', 'imi', el('input', { type: 'checkbox', 'data-field': 'imi', checked: draft.imi })),
  ]);
}
