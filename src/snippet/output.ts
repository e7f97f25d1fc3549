/** What a run has said so far: console lines, values by line, pictures; counted, and cut where it is too much. */

import type { Ownership } from '../model/trace.ts';
import { LINE_CHARACTERS, type Limits, LOOP_VALUES, PICTURES, STOPS } from './limits.ts';
import { readPicture } from './reading.ts';
import type { ConsoleLine, LineResult, PlacedPicture } from './types.ts';

/** The values that one statement had. */
interface Values {
  count: number;
  /** The first values; of more than LOOP_VALUES, all but two of them stay. */
  readonly first: string[];
  last: string;
  /** False while no value said anything. */
  told: boolean;
  why: string | undefined;
  readonly owners: Map<string, Ownership>;
}

/** Text of one value, cut with a mark. */
export function cut(text: string): string {
  return text.length > LINE_CHARACTERS ? `${text.slice(0, LINE_CHARACTERS)}… (cut)` : text;
}

/** The text that an arrow has to say for a statement: one value, or those of a loop. */
function told(values: Values): string {
  if (values.count === 1) return values.last;
  const { count, first, last } = values;
  const shown = count <= LOOP_VALUES ? first : [...first.slice(0, LOOP_VALUES - 2), '…', last];
  return `${shown.join(', ')} (×${count})`;
}

export class Output {
  readonly console: ConsoleLine[] = [];
  readonly pictures: PlacedPicture[] = [];
  private readonly values = new Map<number, Values>();
  private readonly limits: Limits;
  private readonly arrowed: ReadonlySet<number>;
  private readonly stop: (message: string) => never;
  private kept = 0;
  private characters = 0;

  /** `stop` ends the run with a sentence; `arrowed` are the lines with an arrow. */
  constructor(limits: Limits, arrowed: ReadonlySet<number>, stop: (message: string) => never) {
    this.limits = limits;
    this.arrowed = arrowed;
    this.stop = stop;
  }

  /** Counts text that is about to be kept. */
  private count(text: string): void {
    if (this.kept >= this.limits.lines) this.stop(STOPS.lines(this.limits));
    if (this.characters + text.length > this.limits.characters) this.stop(STOPS.characters(this.limits));
    this.kept += 1;
    this.characters += text.length;
  }

  log(line: number, words: string): void {
    for (const one of words.split('\n')) {
      const text = cut(one);
      this.count(text);
      this.console.push(line > 0 ? { line, text } : { text });
    }
  }

  /**
   * A value of the statement whose result stands on `line`. One that says nothing (undefined, a picture that is drawn
   * anyway) is told only where an arrow asks for it or where pages were touched.
   */
  value(line: number, text: string, silent: boolean, why: string | undefined, owners: readonly Ownership[]): void {
    let values = this.values.get(line);
    if (!values) {
      values = { count: 0, first: [], last: '', told: this.arrowed.has(line), why: undefined, owners: new Map() };
      this.values.set(line, values);
    }
    if (values.first.length < LOOP_VALUES) {
      if (!silent) this.count(text);
      values.first.push(text);
    }
    values.count += 1;
    values.last = text;
    if (!silent || owners.length > 0) values.told = true;
    if (why !== undefined) values.why = why;
    for (const one of owners) values.owners.set(one.object, one);
  }

  /** Keeps the value as a picture if it is one. */
  picture(line: number, value: unknown): string | undefined {
    const picture = readPicture(value);
    if (!picture) return undefined;
    if (this.pictures.length < PICTURES) this.pictures.push({ line, picture });
    return `picture: ${picture.title}`;
  }

  lines(): LineResult[] {
    const results: LineResult[] = [];
    for (const [line, values] of [...this.values].sort(([a], [b]) => a - b)) {
      if (!values.told) continue;
      const owners = [...values.owners.values()];
      const { why } = values;
      results.push(
        why === undefined ? { line, text: told(values), owners } : { line, text: told(values), why, owners },
      );
    }
    return results;
  }
}
