/** Reads the records and checks their form, so that a mistake in data is named with its file and line. */
import { existsSync, readdirSync, readFileSync } from 'node:fs';
import { join, relative } from 'node:path';
import type { Problems } from './problems.ts';
import { type GlossaryEntry, type Message, SOURCE_KINDS, type SourceRecord } from './types.ts';

const FOLDER = 'content/records';

/** An entry of the list of published ids. */
export interface PublishedId {
  /** ISO date of publication. */
  readonly since: string;
  /** Fingerprint of what the claim says. */
  readonly text: string;
  /** The id that took its place; the old address leads there. */
  readonly superseded_by?: string;
  readonly corrections?: readonly { readonly date: string; readonly note: string }[];
}

/** The data that claims and terms point into. */
export interface Records {
  readonly messages: ReadonlyMap<string, Message>;
  readonly sources: ReadonlyMap<string, SourceRecord>;
  readonly glossary: ReadonlyMap<string, GlossaryEntry>;
  readonly published: ReadonlyMap<string, PublishedId>;
  /** Folder in content/evidence by the name of a recording, alone (the first folder has it) and as `folder/name`. */
  readonly recordings: ReadonlyMap<string, string>;
  /** Ids of the snippets below content/snippets. */
  readonly snippets: ReadonlySet<string>;
}

type Json = Record<string, unknown>;

/** A JSON file of records, with a way to find the line on which a key stands. */
class File {
  readonly path: string;
  readonly value: unknown;
  readonly #lines: readonly string[];
  readonly #problems: Problems;

  constructor(root: string, name: string, empty: unknown, problems: Problems) {
    this.path = `${FOLDER}/${name}`;
    this.#problems = problems;
    const file = join(root, this.path);
    const text = existsSync(file) ? readFileSync(file, 'utf8') : undefined;
    this.#lines = text?.split('\n') ?? [];
    this.value = empty;
    if (text === undefined) return;
    try {
      this.value = JSON.parse(text);
    } catch (error) {
      problems.add(this.path, 1, `is not JSON: ${(error as Error).message}`);
    }
  }

  /** Adds a problem on the line where `key` stands as a JSON string. */
  wrong(key: string, text: string): void {
    const line = this.#lines.findIndex((l) => l.includes(JSON.stringify(key)));
    this.#problems.add(this.path, Math.max(line, 0) + 1, `${key}: ${text}`);
  }

  /** Checks that fields are non-empty strings; a name with `?` may be absent or null. */
  strings(key: string, entry: unknown, names: readonly string[]): entry is Json {
    if (typeof entry !== 'object' || entry === null || Array.isArray(entry)) {
      this.wrong(key, 'must be an object');
      return false;
    }
    let good = true;
    for (const name of names) {
      const field = name.replace('?', '');
      const value = (entry as Json)[field];
      if ((value === undefined || value === null) && name.endsWith('?')) continue;
      if (typeof value === 'string' && value.trim() !== '') continue;
      this.wrong(key, `"${field}" must be text`);
      good = false;
    }
    return good;
  }

  date(key: string, value: unknown, exact: boolean): void {
    const form = exact ? /^\d{4}-\d\d-\d\d$/ : /^\d{4}(-\d\d(-\d\d)?)?$/;
    if (value === undefined || (typeof value === 'string' && form.test(value))) return;
    this.wrong(key, `"date" must be an ISO date; found ${JSON.stringify(value)}`);
  }

  /** Entries of an object file. */
  entries(): [string, unknown][] {
    if (typeof this.value !== 'object' || this.value === null || Array.isArray(this.value)) {
      this.wrong('{', 'the file must hold one object');
      return [];
    }
    return Object.entries(this.value);
  }
}

function messages(root: string, problems: Problems): Map<string, Message> {
  const file = new File(root, 'messages.json', {}, problems);
  const found = new Map<string, Message>();
  for (const [id, entry] of file.entries()) {
    if (!/^[^\s<>]+@[^\s<>]+$/.test(id)) file.wrong(id, 'is not a Message-ID (write it without angle brackets)');
    if (!file.strings(id, entry, ['date', 'from', 'subject', 'thread?'])) continue;
    file.date(id, entry['date'], true);
    found.set(id, entry as unknown as Message);
  }
  for (const [id, { in_reply_to: parent }] of found) {
    if (parent !== undefined && parent !== null && parent === id) file.wrong(id, 'answers itself');
  }
  return found;
}

function sources(root: string, problems: Problems): Map<string, SourceRecord> {
  const file = new File(root, 'sources.json', {}, problems);
  const found = new Map<string, SourceRecord>();
  for (const [key, entry] of file.entries()) {
    if (!file.strings(key, entry, ['kind', 'title', 'author?', 'date?', 'url?', 'version?', 'note?'])) continue;
    const record = entry as unknown as SourceRecord;
    if (!SOURCE_KINDS.includes(record.kind)) {
      file.wrong(key, `"kind" must be one of ${SOURCE_KINDS.join(', ')}; found "${record.kind}"`);
    }
    if (record.url !== undefined && !URL.canParse(record.url))
      file.wrong(key, `"url" is not an address: ${record.url}`);
    file.date(key, record.date, false);
    found.set(key, record);
  }
  return found;
}

function glossary(root: string, problems: Problems): Map<string, GlossaryEntry> {
  const file = new File(root, 'glossary.json', [], problems);
  const found = new Map<string, GlossaryEntry>();
  if (!Array.isArray(file.value)) {
    file.wrong('[', 'the file must hold one array');
    return found;
  }
  for (const entry of file.value as unknown[]) {
    const id = String((entry as Json | null)?.['id'] ?? 'an entry without id');
    if (!file.strings(id, entry, ['id', 'term', 'short', 'page?'])) continue;
    if (!/^[a-z0-9]+([-_.][a-z0-9]+)*$/.test(id)) file.wrong(id, 'an id is lower-case words joined by -, _ or .');
    if (found.has(id)) file.wrong(id, 'stands twice');
    const from = entry['from'];
    if (!Array.isArray(from) || from.length === 0 || from.some((ref) => typeof ref !== 'string')) {
      file.wrong(id, '"from" must be a list of at least one source reference');
      continue;
    }
    if (typeof entry['page'] === 'string' && !entry['page'].startsWith('/')) {
      file.wrong(id, '"page" must be a path from the root');
    }
    found.set(id, entry as unknown as GlossaryEntry);
  }
  return found;
}

function published(root: string, problems: Problems): Map<string, PublishedId> {
  const file = new File(root, 'published-ids.json', {}, problems);
  const found = new Map<string, PublishedId>();
  for (const [id, entry] of file.entries()) {
    if (!file.strings(id, entry, ['since', 'text', 'superseded_by?'])) continue;
    file.date(id, entry['since'], true);
    found.set(id, entry as unknown as PublishedId);
  }
  for (const [id, { superseded_by: next }] of found) {
    if (next === undefined) continue;
    if (!found.has(next)) file.wrong(id, `is superseded by "${next}", which is not published`);
    else if (found.get(next)?.superseded_by !== undefined) file.wrong(id, `must name the last id, not "${next}"`);
  }
  return found;
}

function below(root: string, folder: string, ending: string): string[] {
  const start = join(root, folder);
  if (!existsSync(start)) return [];
  return readdirSync(start, { recursive: true, withFileTypes: true })
    .filter((entry) => entry.isFile() && entry.name.endsWith(ending))
    .map((entry) => relative(start, join(entry.parentPath, entry.name)).replaceAll('\\', '/'))
    .sort();
}

/** Folders of content/evidence whose recordings can be cited, each with a page for every recording. */
const RECORDED = ['memfd', 'guest_memfd'];

function recordings(root: string): Map<string, string> {
  const names = new Map<string, string>();
  for (const folder of RECORDED) {
    for (const file of below(root, `content/evidence/${folder}`, '.json')) {
      const value: unknown = JSON.parse(readFileSync(join(root, 'content/evidence', folder, file), 'utf8'));
      for (const trace of Array.isArray(value) ? value : [value]) {
        const name = (trace as Json | null)?.['name'];
        if (typeof name !== 'string') continue;
        names.set(`${folder}/${name}`, folder);
        if (!names.has(name)) names.set(name, folder);
      }
    }
  }
  return names;
}

/** What scenarios are put to: the generations of the design, and kinds of hardware. The second list may be missing. */
const COLUMNS: readonly string[] = ['generations.json', 'hardware.json'];

/** These lists have a schema of their own; here only what a page or a citation relies on is checked. */
function generations(root: string, name: string, problems: Problems): void {
  const file = new File(root, name, [], problems);
  if (!Array.isArray(file.value)) {
    file.wrong('[', 'the file must hold one array');
    return;
  }
  const seen = new Set<string>();
  for (const entry of file.value as unknown[]) {
    const id = String((entry as Json | null)?.['id'] ?? 'an entry without id');
    if (!file.strings(id, entry, ['id', 'title', 'date', 'evidence'])) continue;
    if (seen.has(id)) file.wrong(id, 'stands twice');
    seen.add(id);
  }
}

/** Reads every record below `root` and adds what is wrong to `problems`. */
export function readRecords(root: string, problems: Problems): Records {
  for (const name of COLUMNS) {
    if (name === 'generations.json' || existsSync(join(root, FOLDER, name))) generations(root, name, problems);
  }
  return {
    messages: messages(root, problems),
    sources: sources(root, problems),
    glossary: glossary(root, problems),
    published: published(root, problems),
    recordings: recordings(root),
    snippets: new Set(below(root, 'content/snippets', '.ts').map((file) => file.slice(0, -'.ts'.length))),
  };
}

/** The line on which `key` stands as a JSON string in a file of records, from 1. */
export function lineInRecords(root: string, name: string, key: string): number {
  const lines = readFileSync(join(root, FOLDER, name), 'utf8').split('\n');
  return (
    Math.max(
      lines.findIndex((line) => line.includes(JSON.stringify(key))),
      0,
    ) + 1
  );
}

/** The references of every generation and kind of hardware, for checking and for the bibliography: file, id, references. */
export function generationRefs(root: string): [file: string, id: string, refs: readonly string[]][] {
  return COLUMNS.flatMap((name) => {
    const file = join(root, FOLDER, name);
    if (!existsSync(file)) return [];
    const value = JSON.parse(readFileSync(file, 'utf8')) as { id: string; from?: readonly string[] }[];
    return value.map(({ id, from }): [string, string, readonly string[]] => [name, id, from ?? []]);
  });
}
