/** The snippets as files: their ids, titles, parts and prepared breaks, read and checked for form. */
import { existsSync, readdirSync, readFileSync } from 'node:fs';
import { join } from 'node:path';
import type { Break, Part } from './types.ts';

/** Something wrong in a file of the project, for a person who will open it at that line. */
export interface Problem {
  /** Path below the project's root. */
  readonly file: string;
  readonly line: number;
  readonly message: string;
}

/** A snippet as it stands in its file. */
export interface SnippetSource {
  readonly id: string;
  /** Path below the project's root. */
  readonly file: string;
  readonly title: string;
  readonly source: string;
  readonly parts: readonly Part[];
  /** Path of the sidecar with the breaks, below the root, whether it is there or not. */
  readonly breaksFile: string;
  /** Its text, empty where there is none. */
  readonly breaksText: string;
  readonly breaks: readonly Break[];
}

export const FOLDER = 'content/snippets';

/** A scenario has no arrows and no page of its own: it is run once per generation. */
export const SCENARIOS = 'scenarios/';

/** Line of a position in a text, from 1. */
export function lineAt(text: string, position: number): number {
  return text.slice(0, position).split('\n').length;
}

/** Ids of all snippets, scenarios included, in order: paths below content/snippets without `.ts`. */
export function snippetIds(root: string): string[] {
  const folder = join(root, FOLDER);
  if (!existsSync(folder)) return [];
  return readdirSync(folder, { recursive: true, encoding: 'utf8' })
    .map((path) => path.replaceAll('\\', '/'))
    .filter((path) => path.endsWith('.ts') && !path.endsWith('.test.ts'))
    .map((path) => path.slice(0, -3))
    .sort();
}

const TITLE = /^\/\*\*\s*([\s\S]*?)\s*\*\//;

function title(source: string, file: string, problems: Problem[]): string {
  const found = TITLE.exec(source)?.[1]?.replace(/\s*\n\s*\*\s?/g, ' ');
  if (found) return found;
  const message = 'A snippet begins with a doc comment of one sentence, /** … */: it is the title that pages show.';
  problems.push({ file, line: 1, message });
  return '';
}

function parts(source: string, file: string, problems: Problem[]): Part[] {
  const found: Part[] = [];
  const open = new Map<string, number>();
  for (const [index, text] of source.split('\n').entries()) {
    const line = index + 1;
    const mark = /^\s*\/\/ (part|end): (.*?)\s*$/.exec(text);
    const name = mark?.[2];
    if (!mark || name === undefined) continue;
    if (!/^[a-z0-9-]+$/.test(name)) {
      problems.push({
        file,
        line,
        message: `‘${name}’ is no name for a part: lower-case letters, digits and hyphens are.`,
      });
    } else if (mark[1] === 'part') {
      if (open.has(name) || found.some((part) => part.name === name)) {
        problems.push({ file, line, message: `The part ‘${name}’ begins twice.` });
      }
      open.set(name, line);
    } else {
      const begin = open.get(name);
      open.delete(name);
      if (begin === undefined)
        problems.push({ file, line, message: `The part ‘${name}’ ends here but does not begin.` });
      else if (line - begin < 2) problems.push({ file, line, message: `The part ‘${name}’ is empty.` });
      else found.push({ name, first: begin + 1, last: line - 1 });
    }
  }
  for (const [name, line] of open) problems.push({ file, line, message: `The part ‘${name}’ has no end.` });
  return found.sort((a, b) => a.first - b.first);
}

function isText(value: unknown): value is string {
  return typeof value === 'string' && value !== '';
}

/** Line of a break in the text of its file. */
export function breakLine(text: string, id: string): number {
  return lineAt(text, Math.max(0, text.indexOf(`"${id}"`)));
}

/** What is wrong with one entry of a breaks file, or nothing. */
function misfit(value: unknown): string | undefined {
  const entry = value as Partial<Record<keyof Break, unknown>> | null;
  if (typeof entry !== 'object' || entry === null) return 'is no object';
  for (const field of ['id', 'label', 'says'] as const) if (!isText(entry[field])) return `has no ${field}`;
  if (!/^[a-z0-9-]+$/.test(entry.id as string))
    return 'has an id that is not made of lower-case letters, digits and hyphens';
  const edits = entry.edits;
  if (!Array.isArray(edits) || edits.length === 0) return 'has no edits';
  if (!edits.every((edit) => isText(edit?.find) && typeof edit?.with === 'string'))
    return 'has an edit without find and with';
  if (!Array.isArray(entry.outcome) || !entry.outcome.every(isText))
    return 'has no outcome (a list, which npm run bless fills)';
  return undefined;
}

function breaks(text: string, file: string, problems: Problem[]): Break[] {
  if (text === '') return [];
  let read: unknown;
  try {
    read = JSON.parse(text);
  } catch (error) {
    problems.push({ file, line: 1, message: `This is not JSON: ${error instanceof Error ? error.message : error}` });
    return [];
  }
  if (!Array.isArray(read)) {
    problems.push({ file, line: 1, message: 'A breaks file holds a list of breaks.' });
    return [];
  }
  const found: Break[] = [];
  for (const [index, entry] of read.entries()) {
    const id = String((entry as { id?: unknown } | null)?.id ?? `number ${index + 1}`);
    const line = breakLine(text, id);
    const wrong = found.some((one) => one.id === id) ? 'stands here twice' : misfit(entry);
    if (wrong) problems.push({ file, line, message: `The break ‘${id}’ ${wrong}.` });
    else found.push(entry as Break);
  }
  return found;
}

/** Reads one snippet. What is wrong with its form is added to `problems`. */
export function readSnippet(root: string, id: string, problems: Problem[]): SnippetSource {
  const file = `${FOLDER}/${id}.ts`;
  const breaksFile = `${FOLDER}/${id}.breaks.json`;
  const source = readFileSync(join(root, file), 'utf8');
  const breaksText = existsSync(join(root, breaksFile)) ? readFileSync(join(root, breaksFile), 'utf8') : '';
  return {
    id,
    file,
    title: title(source, file, problems),
    source,
    parts: parts(source, file, problems),
    breaksFile,
    breaksText,
    breaks: breaks(breaksText, breaksFile, problems),
  };
}

/** Sidecars that belong to no snippet. */
export function strayBreaks(root: string, ids: readonly string[]): Problem[] {
  const folder = join(root, FOLDER);
  if (!existsSync(folder)) return [];
  const known = new Set(ids.map((id) => `${id}.breaks.json`));
  return readdirSync(folder, { recursive: true, encoding: 'utf8' })
    .filter((path) => path.endsWith('.json') && !known.has(path))
    .map((path) => ({
      file: `${FOLDER}/${path}`,
      line: 1,
      message: 'These breaks belong to no snippet of this name.',
    }));
}
