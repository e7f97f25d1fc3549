/** An entry while somebody is writing it: every field as text, as it stands in the form, whether or not it makes sense yet. */
import type { Fields } from '../fields.ts';

export interface Draft {
  gpa: string;
  page_type: string;
  page_size: string;
  length: string;
  /** Where the bytes come from: a kind of data, '' for none, 'json' for a rule that has no field of its own. */
  kind: string;
  /** What belongs to the kind: the byte, the text, the digits, the name of the file, or the rule as JSON. */
  value: string;
  /** `15 0 0`: the masks of VMPL1, VMPL2, VMPL3; empty for none. */
  vmpl: string;
  imi: boolean;
  /** Fields that the form does not show: answers and notes of a pasted list. */
  rest: Fields;
}

/** Kinds of data that the form knows, with the field that their value is. */
const FIELDS: Readonly<Record<string, string>> = {
  repeat: 'byte',
  'text-repeat': 'ascii',
  hex: 'hex',
  base64: 'base64',
  file: 'file',
};

/** The choices of the form, with their names for a person. */
export const KINDS: readonly (readonly [kind: string, name: string])[] = [
  ['', 'no bytes'],
  ['zero', 'zeros'],
  ['repeat', 'one byte, repeated'],
  ['text-repeat', 'a text, repeated'],
  ['hex', 'hexadecimal digits'],
  ['base64', 'base64'],
  ['file', 'a file'],
  ['json', 'a rule, as JSON'],
];

const SHOWN = new Set(['gpa', 'page_type', 'page_type_name', 'page_size', 'length', 'data', 'vmpl_perms', 'imi_page']);

const typed = (value: unknown): string => (value === undefined ? '' : String(value));

/** The form's text for an entry of a list. What is no object becomes an empty draft. */
export function draftOf(entry: unknown): Draft {
  const from: Fields = typeof entry === 'object' && entry !== null ? (entry as Fields) : {};
  const masks = from['vmpl_perms'] as Fields | undefined;
  const vmpl = masks === undefined ? '' : ['vmpl1', 'vmpl2', 'vmpl3'].map((name) => typed(masks[name] ?? 0)).join(' ');
  return {
    gpa: typed(from['gpa']),
    page_type: typed(from['page_type_name'] ?? from['page_type']),
    page_size: typed(from['page_size'] ?? '4K'),
    length: typed(from['length']),
    ...dataOf(from['data'] as Fields | undefined),
    vmpl,
    imi: Boolean(from['imi_page']),
    rest: Object.fromEntries(Object.entries(from).filter(([key]) => !SHOWN.has(key))),
  };
}

function dataOf(data: Fields | undefined): { kind: string; value: string } {
  if (data === undefined) return { kind: '', value: '' };
  const kind = String(data['kind']);
  const fields = Object.keys(data).length;
  if (kind === 'zero' && fields === 1) return { kind, value: '' };
  const field = FIELDS[kind];
  if (field !== undefined && fields === 2 && data[field] !== undefined) return { kind, value: String(data[field]) };
  return { kind: 'json', value: JSON.stringify(data) };
}

/** The entry that a draft stands for; what makes no sense goes along as it is, so that the reader of lists names it. */
export function entryOf(draft: Draft): Fields {
  const { gpa, page_type, page_size, length, vmpl, imi, rest } = draft;
  const data = dataFrom(draft);
  return {
    gpa,
    page_type: /^\d+$/.test(page_type) ? Number(page_type) : page_type,
    ...(page_size !== '4K' && { page_size }),
    ...(length.trim() !== '' && { length }),
    ...(data !== undefined && { data }),
    ...(imi && { imi_page: 1 }),
    ...(vmpl.trim() !== '' && { vmpl_perms: masksFrom(vmpl) }),
    ...rest,
  };
}

function masksFrom(text: string): Fields {
  const [vmpl1, vmpl2 = 0, vmpl3 = 0] = text.trim().split(/[\s,]+/);
  return { vmpl1, vmpl2, vmpl3 };
}

function dataFrom({ kind, value }: Draft): unknown {
  if (kind === '') return undefined;
  if (kind === 'zero') return { kind };
  if (kind !== 'json') return { kind, [FIELDS[kind] ?? 'value']: value };
  try {
    return JSON.parse(value);
  } catch {
    return value;
  }
}

/** The entries of a list, or undefined where the value has none. */
export function entriesIn(list: unknown): readonly unknown[] | undefined {
  if (Array.isArray(list)) return list;
  const from = typeof list === 'object' && list !== null ? (list as Fields) : {};
  const found = from['launch_update'] ?? from['pages'];
  return Array.isArray(found) ? found : undefined;
}

/** The same list with other entries; what stands beside them stays. */
export function withEntries(list: unknown, entries: readonly Fields[]): unknown {
  if (Array.isArray(list) || typeof list !== 'object' || list === null) return entries;
  return { ...list, ['launch_update' in list ? 'launch_update' : 'pages']: entries };
}

/** JSON for people: an entry on a line where it fits. */
export function listText(list: unknown): string {
  const entries = entriesIn(list);
  if (entries === undefined) return JSON.stringify(list, null, 2);
  const lines = entries.map((entry) => JSON.stringify(entry));
  const body = lines.length === 0 ? '[]' : `[\n  ${lines.join(',\n  ')}\n]`;
  if (Array.isArray(list)) return body;
  const name = 'launch_update' in (list as object) ? 'launch_update' : 'pages';
  const fields = Object.entries(list as Fields).map(
    ([key, value]) => `"${key}": ${key === name ? body : JSON.stringify(value)}`,
  );
  return `{\n${fields.join(',\n')}\n}`;
}

/** The address behind the last entry, for the next one. */
export function nextGpa(entries: readonly { readonly gpa: bigint; readonly length: number }[]): string {
  const last = entries.at(-1);
  const next = last === undefined ? 0n : last.gpa + BigInt(last.length);
  return `0x${(next >= 2n ** 64n ? 0n : next).toString(16)}`;
}
