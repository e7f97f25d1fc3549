/** What a snippet's figure shows: its lines and answers, what was printed, its state; and the way back to what was baked. */
import type { Picture } from '../model/picture.ts';
import { consoleRows, listing, type Row, type Tokens, withoutArrow } from '../pictures/listing.ts';
import { svg } from '../pictures/svg.ts';
import { el, type Tree } from '../pictures/tree.ts';
import type { Answer } from '../snippet/protocol.ts';
import type { PlacedPicture, RunResult } from '../snippet/types.ts';
import { toDom } from './dom.ts';
import { paint } from './paint.ts';

export type State = 'baked' | 'running' | 'done' | 'stopped' | 'failed';

/** The colored pieces of a line as the build set them. */
function tokensOf(code: Element): Tokens {
  return [...code.childNodes].map((node) => {
    const kind = node instanceof Element ? node.className : undefined;
    return { text: node.textContent ?? '', kind };
  });
}

function dom(trees: readonly Tree[]): Node[] {
  return trees.map((tree) => toDom(tree));
}

/** Boxes, cells and arrows of one picture beyond which it is not drawn: a snippet may ask for any number of them. */
const MOST_PARTS = 400;

function parts(picture: Picture): number {
  if (picture.kind === 'pages') return picture.rows.reduce((sum, { cells }) => sum + cells.length + 1, 0);
  if (picture.kind === 'digest') return picture.steps.reduce((sum, { lines }) => sum + lines.length + 3, 1);
  if (picture.kind === 'sequence') return picture.actors.length + picture.messages.length;
  if (picture.kind === 'epochs') return picture.events.length * (picture.lanes.length + 2);
  if (picture.kind === 'tables') {
    return picture.tables.reduce((sum, { columns, rows }) => sum + columns.length * (1 + rows.length), 0);
  }
  return picture.nodes.reduce((sum, { lines }) => sum + (lines?.length ?? 0) + 1, picture.edges.length);
}

function drawing({ line, picture }: PlacedPicture): Tree {
  const words = `line ${line}: ${picture.title}`;
  if (parts(picture) > MOST_PARTS) return el('p', {}, `${words} (more than ${MOST_PARTS} parts, not drawn)`);
  return el(
    'figure',
    {},
    el('figcaption', {}, words),
    el('div', { tabindex: 0, role: 'group', 'aria-label': words }, svg(picture)),
  );
}

const ARROW = /\/\/ → (.*)$/;

export class View {
  readonly figure: HTMLElement;
  private readonly lines: HTMLElement;
  private readonly out: HTMLElement;
  private readonly output: HTMLElement;
  private readonly bakedLines: Node[];
  private readonly bakedOut: Node[];
  private readonly bakedState: string;
  private readonly colored = new Map<string, Tokens>();
  private readonly answers = new Map<number, string>();

  constructor(figure: HTMLElement) {
    const part = (name: string): HTMLElement => figure.querySelector(name) as HTMLElement;
    this.figure = figure;
    this.lines = part('.lines');
    this.out = part('.out');
    this.output = part('.state');
    this.bakedLines = [...this.lines.childNodes];
    this.bakedOut = [...this.out.childNodes];
    this.bakedState = this.output.textContent ?? '';
    this.out.setAttribute('aria-live', 'polite');
    for (const code of this.lines.querySelectorAll('.c')) this.colored.set(code.textContent ?? '', tokensOf(code));
    for (const one of this.lines.querySelectorAll<HTMLElement>('.r')) {
      this.answers.set(Number(one.dataset['line']), one.textContent ?? '');
    }
  }

  state(state: State, words: string): void {
    this.figure.dataset['state'] = state;
    delete this.figure.dataset['error'];
    this.output.textContent = words;
  }

  /** Tells readers who listen; the words on a button changed for those who see. */
  say(words: string): void {
    this.figure.querySelector('.said')?.remove();
    const said = document.createElement('span');
    said.className = 'said visually-hidden';
    said.setAttribute('role', 'status');
    this.output.before(said);
    said.textContent = words;
  }

  /** What was baked, as the build made it. */
  reset(): void {
    this.lines.replaceChildren(...this.bakedLines);
    this.out.replaceChildren(...this.bakedOut);
    this.out.hidden = this.bakedOut.length === 0;
    this.state('baked', this.bakedState);
  }

  /** True if a run of the site's own text gave what was baked. */
  asBaked(result: RunResult): boolean {
    const answers = result.lines.map((line) => [line.line, `→ ${line.text}`] as const);
    const shown = answers.filter(([line]) => this.answers.has(line));
    return shown.length === this.answers.size && shown.every(([line, text]) => this.answers.get(line) === text);
  }

  hideLines(hidden: boolean): void {
    this.lines.hidden = hidden;
  }

  /** The lines of a text with the answers of its run; lines that the original does not have are marked. */
  listing(text: string, answer: Answer, original: string, part?: string): void {
    const known = new Set(original.split('\n'));
    const open = [...this.lines.querySelectorAll('details')].map((fold) => fold.open);
    const { result } = answer;
    const rows = text
      .replace(/\n$/, '')
      .split('\n')
      .map((source, index): Row => {
        const line = index + 1;
        const bare = withoutArrow(source);
        const found = result.lines.find((entry) => entry.line === line);
        return {
          line,
          source,
          tokens: this.colored.get(bare) ?? paint(bare),
          result: found,
          was: found && ARROW.exec(source)?.[1]?.trim(),
          edited: !known.has(source),
          error: result.error?.line === line ? result.error.message : undefined,
        };
      });
    this.lines.replaceChildren(...dom(listing(rows, part)));
    for (const [index, fold] of [...this.lines.querySelectorAll('details')].entries()) fold.open = open[index] ?? false;
  }

  /** What the run printed, the pictures it took where they are wanted, and how it ended. */
  printed(result: RunResult, pictures: boolean): void {
    const { error } = result;
    const where = error?.line === undefined ? '' : `Line ${error.line}: `;
    const verdict = error && el('p', { class: 'verdict' }, `${where}${error.message}`);
    const drawn = pictures ? result.pictures.map(drawing) : [];
    this.out.replaceChildren(...dom([...consoleRows(result.console), ...drawn, ...(verdict ? [verdict] : [])]));
    this.out.hidden = this.out.childNodes.length === 0;
  }

  /** How the run ended, for the eye and, as `data-error`, by the kind of its error. */
  ended(result: RunResult, words: string): void {
    this.state(result.state, words);
    if (result.error) this.figure.dataset['error'] = result.error.kind;
  }
}
