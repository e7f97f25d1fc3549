/**
 * A snippet as it stands in the page: its lines with numbers, who owns what after each, and what each gave. The build and
 * the browser draw it with the same functions, so that a run replaces answers by answers and moves nothing.
 */
import type { ConsoleLine, LineResult } from '../snippet/types.ts';
import { gutter } from './owners.ts';
import { type Element, el, type Tree } from './tree.ts';

/** A line of code in pieces; a kind is the class that colors it. */
export type Tokens = readonly { readonly text: string; readonly kind?: string | undefined }[];

/** From this many characters on, code and answer do not fit beside each other: the answer goes below its line. */
const ROW = 70;

/** An answer that refuses: an errno, a signal, an exception. */
const REFUSED = /^(-E[A-Z0-9]+|SIG[A-Z]+|throws )/;

const ARROW = /\s*\/\/ → .*$/;

/** The line without its arrow: the answer stands in the arrow's place. */
export function withoutArrow(line: string): string {
  return line.replace(ARROW, '');
}

/** Cuts pieces of code after so many characters. */
function cut(tokens: Tokens, length: number): Tokens {
  let left = length;
  const kept = [];
  for (const { text, kind } of tokens) {
    if (left <= 0) break;
    kept.push({ text: text.slice(0, left), kind });
    left -= text.length;
  }
  return kept;
}

function code(source: string, tokens: Tokens | undefined): Tree[] {
  const length = withoutArrow(source).length;
  if (tokens === undefined) return [source.slice(0, length)];
  return cut(tokens, length).map(({ text, kind }) => (kind === undefined ? text : el('i', { class: kind }, text)));
}

/** The answer of a line. `was` is the answer before an edit, where it differs. */
export function answer(result: LineResult, was?: string): Tree[] {
  const changed = was !== undefined && was !== result.text;
  return [
    el(
      'span',
      { class: `r${REFUSED.test(result.text) ? ' no' : ''}${changed ? ' new' : ''}`, 'data-line': result.line },
      `→ ${result.text}`,
      changed && el('span', { class: 'was' }, `was ${was}`),
    ),
    ...(result.why === undefined ? [] : [el('span', { class: 'why' }, result.why)]),
  ];
}

/** One row of the listing. */
export interface Row {
  /** Line number, from 1. */
  readonly line: number;
  readonly source: string;
  readonly tokens?: Tokens | undefined;
  readonly result?: LineResult | undefined;
  readonly was?: string | undefined;
  /** The line differs from the file's. */
  readonly edited?: boolean | undefined;
  readonly error?: string | undefined;
}

export function row({ line, source, tokens, result, was, edited, error }: Row): Element {
  const text = withoutArrow(source);
  const long = result !== undefined && text.length + result.text.length + (was?.length ?? 0) + 3 > ROW;
  const classes = ['line', text.trim() === '' && result === undefined && 'blank', long && 'long', edited && 'edited'];
  return el(
    'div',
    { class: classes.filter(Boolean).join(' ') },
    el('span', { class: 'n' }, `${line}`),
    gutter(result?.owners ?? []),
    el('code', { class: 'c' }, code(source, tokens)),
    result !== undefined && answer(result, was),
    error !== undefined && el('span', { class: 'why bad' }, error),
  );
}

/** What a run printed. Empty when it printed nothing. */
export function consoleRows(lines: readonly ConsoleLine[]): Tree[] {
  return lines.map(({ line, text }) => {
    return el('div', {}, el('span', { class: 'n' }, line === undefined ? '' : `${line}`), el('samp', {}, text));
  });
}

/** A stretch of lines of a file, both ends included, from 1. */
export interface Stretch {
  readonly first: number;
  readonly last: number;
}

const MARK = /^\s*\/\/ (part|end): ([\w-]+)\s*$/;

/** True for a line that only marks a part and is never shown. */
export function isMark(source: string): boolean {
  return MARK.test(source);
}

/** Where a marked part stands, without its marks; undefined if the file has no such part. */
export function partOf(source: readonly string[], part: string): Stretch | undefined {
  let first: number | undefined;
  for (const [index, line] of source.entries()) {
    const mark = MARK.exec(line);
    if (mark?.[2] !== part) continue;
    if (mark[1] === 'part') first = index + 2;
    else if (first !== undefined) return { first, last: index };
  }
  return undefined;
}

/** The lines before the first statement: purpose and imports, which the page folds away. */
export function headOf(source: readonly string[]): number {
  let head = 0;
  for (const [index, line] of source.entries()) {
    if (/^(import\b|\} from ')/.test(line)) head = index + 1;
  }
  while (head > 0 && source[head]?.trim() === '') head += 1;
  return head;
}

/** The rows of a whole file or of one part of it; what is not shown at once is folded, with its true line numbers. */
export function listing(rows: readonly Row[], part?: string): Tree[] {
  const source = rows.map((entry) => entry.source);
  const shown = part === undefined ? undefined : partOf(source, part);
  const first = shown?.first ?? headOf(source) + 1;
  const last = shown?.last ?? rows.length;
  const draw = (from: number, to: number) => {
    const range = rows.slice(from - 1, to).filter((entry) => !isMark(entry.source));
    while (range.at(-1)?.source.trim() === '') range.pop();
    return range.map(row);
  };
  const fold = (from: number, to: number, what: string) => {
    const inside = draw(from, to);
    if (inside.length === 0) return [];
    const lines = from === to ? `line ${from}` : `lines ${from}–${to}`;
    return [el('details', { class: 'fold' }, el('summary', {}, `${lines}: ${what}`), inside)];
  };
  return [
    ...fold(1, first - 1, shown === undefined ? 'purpose and imports' : 'what comes before'),
    ...draw(first, last),
    ...fold(last + 1, rows.length, 'what comes after'),
  ];
}
