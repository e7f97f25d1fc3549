/** A list as the form of the page holds it: the entries as they were written, with the fields that the form can change. */

/** What a row shows of an entry's content. */
export interface DraftContent {
  readonly gen: string;
  /** The one value of the rule: byte, digits, seed, name of a file, `start step`; JSON for what the form has no field for. */
  readonly value: string;
}

export type Entry = Record<string, unknown>;
export type ListKind = 'calls' | 'regions';

/** Contents that the form offers, and what their value is called. */
export const CONTENTS: Readonly<Record<string, { readonly title: string; readonly value?: string }>> = {
  zero: { title: 'zeros' },
  fill: { title: 'one byte', value: 'byte' },
  ramp: { title: 'ramp', value: 'start and step' },
  hex: { title: 'digits, then zeros', value: 'digits' },
  sha256ctr: { title: 'seeded', value: 'seed' },
  file: { title: 'a file', value: 'name of the file' },
};

/** Where the entries of a list stand: the value itself, or its field `calls` or `regions`. */
export function entriesIn(value: unknown): { readonly kind: ListKind; readonly entries: readonly Entry[] } | undefined {
  const fields = value as Partial<Record<ListKind, unknown>> | null;
  if (Array.isArray(value)) {
    const kind = value.length > 0 && 'nr_pages' in Object(value[0]) ? 'regions' : 'calls';
    return { kind, entries: value.map((one) => Object(one) as Entry) };
  }
  for (const kind of ['calls', 'regions'] as const) {
    const entries = fields?.[kind];
    if (Array.isArray(entries)) return { kind, entries: entries.map((one) => Object(one) as Entry) };
  }
  return undefined;
}

/** The value with other entries; everything else in it stays. */
export function withEntries(value: unknown, kind: ListKind, entries: readonly Entry[]): unknown {
  return Array.isArray(value) || typeof value !== 'object' || value === null ? entries : { ...value, [kind]: entries };
}

/** The field of an entry that holds its content. */
export const contentField = (kind: ListKind): 'page' | 'source' => (kind === 'calls' ? 'page' : 'source');

export function contentOf(entry: Entry, kind: ListKind): DraftContent {
  const content = entry[contentField(kind)] as Record<string, unknown> | undefined;
  const gen = String(content?.['gen'] ?? 'zero');
  const name = gen === 'fill' ? 'byte' : gen === 'sha256ctr' ? 'seed' : gen;
  if (gen === 'ramp') return { gen, value: `${String(content?.['start'] ?? 0)} ${String(content?.['step'] ?? 1)}` };
  return { gen, value: String(content?.[name] ?? '') };
}

const numberOr = (text: string): number | string => (/^\d+$/.test(text) ? Number(text) : text);

export function contentFrom({ gen, value }: DraftContent): Entry {
  switch (gen) {
    case 'fill':
      return { gen, byte: numberOr(value || '0') };
    case 'ramp': {
      const [start = '0', step = '1'] = value.trim().split(/\s+/);
      return { gen, start: numberOr(start || '0'), step: numberOr(step) };
    }
    case 'hex':
      return { gen, hex: value };
    case 'sha256ctr':
      return { gen, seed: value };
    case 'file':
      return { gen, file: value };
    default:
      return { gen };
  }
}

/** The address behind the last entry that has one. */
export function nextGpa(kind: ListKind, entries: readonly Entry[]): string {
  let next = 0n;
  for (const { call, gpa, nr_pages, count } of entries) {
    try {
      const pages = kind === 'regions' ? Number(nr_pages ?? 1) : call === 'MEM.PAGE.ADD' ? Number(count ?? 1) : 0;
      if (pages > 0) next = BigInt(String(gpa)) + BigInt(pages) * 4096n;
    } catch {
      // An address that is being written; the one before it counts.
    }
  }
  return `0x${next.toString(16)}`;
}
