/**
 * Reads values that are not trusted into plain data of a known shape: only the fields that are known, of the types that
 * are known, cut to a length. What does not fit gives undefined. Used where a snippet hands a picture to the engine and where
 * the page takes an answer from the sandbox.
 */
import type { Picture } from '../model/picture.ts';
import type { Owner, Ownership } from '../model/trace.ts';

const OWNERS: ReadonlySet<unknown> = new Set<Owner>(['H', 'S', 'P', 'F', 'K', '!', '·']);

/** Entries of one list: more are left out. */
const ITEMS = 512;
const WORDS = 200;

type Fields = Record<string, unknown>;

export function fields(value: unknown): Fields | undefined {
  return typeof value === 'object' && value !== null && !Array.isArray(value) ? (value as Fields) : undefined;
}

export function text(value: unknown, most = WORDS): string | undefined {
  return typeof value === 'string' ? value.slice(0, most) : undefined;
}

/** A whole number from 0 to the largest that is exact. */
export function whole(value: unknown): number | undefined {
  return Number.isSafeInteger(value) && (value as number) >= 0 ? (value as number) : undefined;
}

/** A list, each entry read by `read`; undefined if it is no list or an entry does not fit. */
export function each<T>(value: unknown, read: (item: unknown) => T | undefined, most = ITEMS): T[] | undefined {
  if (!Array.isArray(value)) return undefined;
  const items: T[] = [];
  for (let i = 0; i < value.length && i < most; i++) {
    const item = read(value[i]);
    if (item === undefined) return undefined;
    items.push(item);
  }
  return items;
}

function owner(value: unknown): Owner | undefined {
  return OWNERS.has(value) ? (value as Owner) : undefined;
}

/** Leaves out fields that are undefined, as optional fields of the shapes want it. */
export function defined<T extends object>(value: { [K in keyof T]: T[K] | undefined }): T {
  const kept: Fields = {};
  for (const [key, field] of Object.entries(value)) if (field !== undefined) kept[key] = field;
  return kept as T;
}

export function readOwnership(value: unknown): Ownership | undefined {
  const object = text(fields(value)?.['object']);
  const first = whole(fields(value)?.['first']);
  const runs = each(fields(value)?.['runs'], (run) => {
    const letter = Array.isArray(run) ? owner(run[0]) : undefined;
    const pages = Array.isArray(run) ? whole(run[1]) : undefined;
    return letter && pages !== undefined ? ([letter, pages] as const) : undefined;
  });
  return object !== undefined && first !== undefined && runs ? { object, first, runs } : undefined;
}

type Pages = Extract<Picture, { kind: 'pages' }>;
type Graph = Extract<Picture, { kind: 'graph' }>;
type Sequence = Extract<Picture, { kind: 'sequence' }>;
type Tables = Extract<Picture, { kind: 'tables' }>;

function cell(value: unknown): Pages['rows'][number]['cells'][number] | undefined {
  const letter = owner(fields(value)?.['owner']);
  return letter && defined({ owner: letter, note: text(fields(value)?.['note']) });
}

function row(value: unknown): Pages['rows'][number] | undefined {
  const label = text(fields(value)?.['label']);
  const cells = each(fields(value)?.['cells'], cell);
  return label !== undefined && cells ? { label, cells } : undefined;
}

function node(value: unknown): Graph['nodes'][number] | undefined {
  const from = fields(value);
  const id = text(from?.['id']);
  const label = text(from?.['label']);
  const column = whole(from?.['column']);
  if (!from || id === undefined || label === undefined || column === undefined) return undefined;
  const lines = each(from['lines'], (line) => text(line));
  return defined({ id, label, column, owner: owner(from['owner']), lines });
}

function edge(value: unknown): Graph['edges'][number] | undefined {
  const from = text(fields(value)?.['from']);
  const to = text(fields(value)?.['to']);
  if (from === undefined || to === undefined) return undefined;
  return defined({ from, to, label: text(fields(value)?.['label']) });
}

function message(value: unknown): Sequence['messages'][number] | undefined {
  const said = fields(value);
  const from = text(said?.['from']);
  const to = text(said?.['to']);
  const words = text(said?.['text']);
  if (from === undefined || to === undefined || words === undefined) return undefined;
  return defined({ from, to, text: words, refused: said?.['refused'] === true ? true : undefined });
}

type Chain = Extract<Picture, { kind: 'digest' }>;

function digestStep(value: unknown): Chain['steps'][number] | undefined {
  const from = fields(value);
  const label = text(from?.['label']);
  const lines = each(from?.['lines'], (line) => text(line));
  if (!from || label === undefined || !lines) return undefined;
  return defined({ label, lines, digest: text(from['digest']), refused: text(from['refused']) });
}

const MARKS = ['changed', 'refused'] as const;

function tableRow(value: unknown): Tables['tables'][number]['rows'][number] | undefined {
  const from = fields(value);
  const cells = each(from?.['cells'], (one) => text(one));
  if (!from || !cells) return undefined;
  const mark = MARKS.find((one) => one === from['mark']);
  return defined({ id: text(from['id']), owner: owner(from['owner']), cells, mark });
}

function table(value: unknown): Tables['tables'][number] | undefined {
  const from = fields(value);
  const label = text(from?.['label']);
  const columns = each(from?.['columns'], (one) => text(one));
  const rows = each(from?.['rows'], tableRow);
  return label !== undefined && columns && rows ? { label, columns, rows } : undefined;
}

function link(value: unknown): NonNullable<Tables['edges']>[number] | undefined {
  const from = text(fields(value)?.['from']);
  const to = text(fields(value)?.['to']);
  if (from === undefined || to === undefined) return undefined;
  return defined({ from, to, refused: fields(value)?.['refused'] === true ? true : undefined });
}

type Epochs = Extract<Picture, { kind: 'epochs' }>;

function epochEvent(value: unknown): Epochs['events'][number] | undefined {
  const from = fields(value);
  const words = text(from?.['text']);
  const epoch = whole(from?.['epoch']);
  const inside = each(from?.['inside'], whole);
  if (!from || words === undefined || epoch === undefined || !inside) return undefined;
  return defined({ text: words, epoch, refused: from['refused'] === true ? true : undefined, inside });
}

/** A picture, if the value is one. May throw what a getter of the value throws. */
export function readPicture(value: unknown): Picture | undefined {
  const from = fields(value);
  const title = text(from?.['title']);
  if (!from || title === undefined) return undefined;
  switch (from['kind']) {
    case 'digest': {
      const start = text(from['start']);
      const steps = each(from['steps'], digestStep);
      return steps && start !== undefined ? { kind: 'digest', title, start, steps } : undefined;
    }
    case 'epochs': {
      const lanes = each(from['lanes'], (lane) => text(lane));
      const events = each(from['events'], epochEvent);
      return lanes && events && { kind: 'epochs', title, lanes, events };
    }
    case 'pages': {
      const rows = each(from['rows'], row);
      return rows && { kind: 'pages', title, rows };
    }
    case 'graph': {
      const nodes = each(from['nodes'], node);
      const edges = each(from['edges'], edge);
      return nodes && edges && { kind: 'graph', title, nodes, edges };
    }
    case 'sequence': {
      const actors = each(from['actors'], (actor) => text(actor));
      const messages = each(from['messages'], message);
      return actors && messages && { kind: 'sequence', title, actors, messages };
    }
    case 'tables': {
      const tables = each(from['tables'], table);
      const edges = from['edges'] === undefined ? [] : each(from['edges'], link);
      return tables && edges && { kind: 'tables', title, tables, edges };
    }
    default:
      return undefined;
  }
}
