/** A snippet as a figure of the book: bar, listing with answers, what it printed, and the edits worth trying. */
import { consoleRows, listing, type Row, type Tokens } from '../../pictures/listing.ts';
import { type Child, type Element, el } from '../../pictures/tree.ts';
import type { RunResult } from '../../snippet/types.ts';

/** A prepared edit with its checked outcome. */
export interface FigureBreak {
  readonly id: string;
  readonly label: string;
  readonly says: string;
  readonly edits: readonly { readonly find: string; readonly with: string }[];
  readonly outcome: readonly string[];
}

/** All that the figure is drawn from: a baked snippet and where its assets are. */
export interface FigureInput {
  readonly id: string;
  readonly title: string;
  readonly source: string;
  readonly result: RunResult;
  readonly breaks: readonly FigureBreak[];
  readonly tokens: readonly Tokens[];
  readonly part?: string | undefined;
  /** Shows the prepared breaks below a part as well: they apply to the whole file. */
  readonly tries?: boolean;
  /** Addresses with base path: what Run and Edit fetch. */
  readonly library: string;
  readonly compiler: string;
  readonly file: string;
  readonly sandbox: string;
}

/** The id of the figure's element: what a link to it names. */
export function anchorOf(id: string, part?: string): string {
  return ['s', ...id.split('/'), ...(part === undefined ? [] : [part])].join('-');
}

/** The state as the bar words it before anything was run in the page. */
export function bakedState({ steps, state }: RunResult): string {
  const count = `${steps} ${steps === 1 ? 'step' : 'steps'}`;
  return state === 'done' ? `baked · ${count}` : `baked · stopped · ${count}`;
}

function button(action: string, text: string, more: Record<string, string | boolean> = {}): Element {
  return el('button', { type: 'button', 'data-action': action, ...more }, text);
}

function bar({ id, part, result }: FigureInput): Element {
  return el(
    'figcaption',
    { class: 'bar' },
    el('a', { class: 'id', href: `#${anchorOf(id, part)}` }, id, part !== undefined && ` · ${part}`),
    el(
      'span',
      { class: 'controls' },
      button('run', 'Run'),
      button('edit', 'Edit'),
      button('copy', 'Copy'),
      button('share', 'Share'),
      button('reset', 'Reset', { hidden: true }),
    ),
    el('output', { class: 'state' }, bakedState(result)),
  );
}

/** `8 → -EBUSY` reads better as `line 8 → -EBUSY`. */
export function outcomeWords(outcome: string): string {
  return /^\d+ → /.test(outcome) ? `line ${outcome}` : outcome;
}

function breakItem({ id, label, says, edits, outcome }: FigureBreak): Element {
  const changes = edits.flatMap((edit): Child[] => [
    el('del', {}, edit.find),
    edit.with.trim() === '' ? el('ins', {}, '(removed)') : el('ins', {}, edit.with),
  ]);
  return el(
    'li',
    {},
    button('try', label, { 'data-break': id }),
    el('details', {}, el('summary', {}, 'the edit'), el('div', { class: 'edits' }, changes)),
    el(
      'span',
      { class: 'outs' },
      outcome.map((text) => el('samp', { class: 'r' }, outcomeWords(text))),
    ),
    el('span', { class: 'says' }, says),
  );
}

/** The rows of a baked snippet. */
export function rowsOf({ source, result, tokens }: Pick<FigureInput, 'source' | 'result' | 'tokens'>): Row[] {
  return source
    .replace(/\n$/, '')
    .split('\n')
    .map((text, index) => {
      const line = index + 1;
      const failed = result.error?.line === line ? result.error.message : undefined;
      return {
        line,
        source: text,
        tokens: tokens[index],
        result: result.lines.find((entry) => entry.line === line),
        error: failed,
      };
    });
}

export function figure(input: FigureInput): Element {
  const { id, part, result, breaks, tries = part === undefined } = input;
  const printed = part === undefined ? result.console : [];
  return el(
    'figure',
    {
      class: 'snippet',
      id: anchorOf(id, part),
      'data-snippet': id,
      'data-part': part,
      'data-state': 'baked',
      'data-file': input.file,
      'data-library': input.library,
      'data-compiler': input.compiler,
      'data-sandbox': input.sandbox,
    },
    bar(input),
    part === undefined && el('p', { class: 'purpose' }, input.title),
    el('div', { class: 'lines' }, listing(rowsOf(input), part)),
    el('div', { class: 'out', hidden: printed.length === 0 }, consoleRows(printed)),
    tries &&
      breaks.length > 0 &&
      el('div', { class: 'try' }, el('p', { class: 'try-head' }, 'Try'), el('ul', {}, breaks.map(breakItem))),
  );
}
