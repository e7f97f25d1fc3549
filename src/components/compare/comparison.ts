/**
 * The comparison: every scenario's answers in every generation, as the build computed them. A row is one named answer of a
 * scenario; a cell is that answer in one generation. Nothing here is typed by hand.
 */
import { readFileSync } from 'node:fs';
import { join } from 'node:path';
import { el, html } from '../../pictures/tree.ts';
import { type Axis, blessedTable, GENERATIONS, generations, HARDWARE } from '../../snippet/axes.ts';
import type { Generation, ScenarioColumn } from '../../snippet/types.ts';

const ROOT = process.cwd();

/** A generation with where it is told from. */
export interface Design extends Generation {
  readonly from: readonly string[];
}

export interface Scenario {
  readonly id: string;
  /** The sentence of the file's doc comment. */
  readonly title: string;
  readonly source: string;
  /** Names of its answers, in order. */
  readonly names: readonly string[];
  readonly columns: Readonly<Record<string, ScenarioColumn>>;
}

/** One named answer of one scenario. */
export interface Line {
  readonly scenario: Scenario;
  readonly name: string;
}

export interface Comparison {
  readonly designs: readonly Design[];
  readonly scenarios: readonly Scenario[];
  readonly lines: readonly Line[];
}

/** The sentence of the doc comment that begins a file. */
export function titleOf(source: string): string {
  const comment = /^\/\*\*([\s\S]*?)\*\//.exec(source)?.[1] ?? '';
  return comment
    .replace(/^\s*\*\s?/gm, ' ')
    .replace(/\s+/g, ' ')
    .trim();
}

function along(axis: Axis): Comparison {
  const table = blessedTable(ROOT, axis);
  const asked = new Set(Object.values(table).flatMap((columns) => Object.keys(columns)));
  const designs = (generations(ROOT, axis) as Design[]).filter(({ id }) => asked.has(id));
  const scenarios = Object.entries(table).map(([id, columns]): Scenario => {
    const source = readFileSync(join(ROOT, 'content/snippets', `${axis.folder}${id}.ts`), 'utf8');
    const names = [...new Set(Object.values(columns).flatMap(({ answers }) => answers.map(({ name }) => name)))];
    return { id, title: titleOf(source), source, names, columns };
  });
  const lines = scenarios.flatMap((scenario) => scenario.names.map((name) => ({ scenario, name })));
  return { designs, scenarios, lines };
}

/** By generation of the design. */
export const comparison = (): Comparison => along(GENERATIONS);
/** By hardware. */
export const byHardware = (): Comparison => along(HARDWARE);
/** Both axes: no two of their scenarios, and no two of what they are put to, have one id. */
export const axes = (): Comparison[] => [comparison(), byHardware()];

/** The axis that has this scenario. */
export function axisOf(scenario: Scenario): Comparison {
  const found = axes().find(({ scenarios }) => scenarios.some(({ id }) => id === scenario.id));
  if (found === undefined) throw new Error(`no axis has the scenario ${scenario.id}`);
  return found;
}

/** What a generation answered; a scenario that does not ask it this gives nothing. */
export function answerOf({ scenario, name }: Line, design: string): { text: string; why?: string } | undefined {
  return scenario.columns[design]?.answers.find((answer) => answer.name === name);
}

/** True where two generations give different answers. */
export function differs(line: Line, a: string, b: string): boolean {
  return answerOf(line, a)?.text !== answerOf(line, b)?.text;
}

/** Where the difference of two generations stands: the earlier one of the list comes first, so that there is one address. */
export function pairPath(designs: readonly Design[], a: string, b: string): string {
  const [first, second] = designs.filter(({ id }) => id === a || id === b);
  return `/compare/between/${first?.id ?? a}/${second?.id ?? b}`;
}

/** `2021-11-19, posting`; `6.18.44, recorded`; for hardware what its model rests on. */
export function standing({ date, kernel, evidence, rests }: Design): string {
  return rests ?? `${kernel ?? date.slice(0, 4)}, ${evidence}`;
}

/** The words of a refusal or a fault: what a reader looks for in a table. */
export function refuses(text: string): boolean {
  return /^(-E[A-Z0-9]+|SIG[A-Z]+|oops|refused|throws )/.test(text);
}

/** An outcome that is the absence of an answer: it is set in gray, so that it is not read as a result. */
export function silent(text: string): boolean {
  return /^'?(not (read|stated|asked|in)|no such)\b/.test(text);
}

/** `3 scenarios`, `1 scenario`. */
export function many(count: number, noun: string): string {
  return `${count} ${noun}${count === 1 ? '' : 's'}`;
}

/** Links in a row, with commas between them, as markup. */
export function linkList(links: readonly { readonly to: string; readonly words: string }[]): string {
  return links.map(({ to, words }) => html(el('a', { href: to }, words))).join(', ');
}
