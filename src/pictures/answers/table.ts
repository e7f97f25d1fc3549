/**
 * Tables of answers: the model is run once for every cell, so that no cell is typed. A row is an operation, a column a way
 * to set the stage; the first column is what the others are compared with.
 */
import { failed, Host, type Kernel, type Process, show } from '../../model/index.ts';

/** A process and the file under question, ready for one operation. */
export interface Stage {
  readonly process: Process;
  readonly fd: number;
}

export interface Column {
  readonly label: string;
  /** What `label` leaves out, in a few words. */
  readonly note?: string;
  /** Makes the file. */
  make(process: Process): number;
  /** What is done to the file after `Row.before` and before the operation; what refuses it is the answer, in parentheses. */
  seal?(stage: Stage): unknown;
}

export interface Row {
  readonly label: string;
  /** What has to be there before the file is sealed, such as a mapping. Its result is handed to `run`. */
  before?(stage: Stage): unknown;
  run(stage: Stage, before: unknown): unknown;
}

export interface Group {
  readonly title: string;
  readonly rows: readonly Row[];
}

/** One answer. */
export interface Cell {
  readonly text: string;
  /** Why the call was refused, in one sentence. */
  readonly why?: string;
  /** True where the first column answers the same. */
  readonly same: boolean;
}

export interface Table {
  readonly columns: readonly { readonly label: string; readonly note?: string }[];
  readonly groups: readonly {
    readonly title: string;
    readonly rows: readonly { readonly label: string; readonly cells: readonly Cell[] }[];
  }[];
}

/** An address says no more than that the call worked. */
const ADDRESS = /^0x[0-9a-f]{9,}$/;

/** A result as the tables print it. */
export function words(value: unknown): string {
  const text = typeof value === 'string' ? value : show(value);
  return ADDRESS.test(text) ? 'ok' : text;
}

function why(value: unknown): { why?: string } {
  const said = (value as { why?: unknown } | null)?.why;
  return typeof said === 'string' ? { why: said } : {};
}

/** One cell: a fresh host, a fresh file, one operation. */
function answer(kernel: Kernel, column: Column, row: Row): Omit<Cell, 'same'> {
  const process = new Host(kernel).process('process');
  const stage = { process, fd: column.make(process) };
  const before = row.before?.(stage);
  const sealed = column.seal?.(stage) ?? 0;
  if (sealed !== 0) return { text: `(${words(sealed)})`, ...why(sealed) };
  const value = row.run(stage, before);
  return { text: words(value), ...why(value) };
}

/** The whole table, cell by cell. */
export function answers(kernel: Kernel, columns: readonly Column[], groups: readonly Group[]): Table {
  return {
    columns: columns.map(({ label, note }) => (note === undefined ? { label } : { label, note })),
    groups: groups.map(({ title, rows }) => ({
      title,
      rows: rows.map((row) => {
        const cells = columns.map((column) => answer(kernel, column, row));
        return { label: row.label, cells: cells.map((cell) => ({ ...cell, same: cell.text === cells[0]?.text })) };
      }),
    })),
  };
}

/** A descriptor that must be there: a table whose file cannot be made has nothing to say. */
export function made(value: unknown): number {
  if (typeof value !== 'number') throw new Error(`The file of a table could not be made: ${show(value)}.`);
  return value;
}

/** A table whose columns are different questions to one run: nothing in it is compared. */
export function facts(
  columns: readonly string[],
  title: string,
  rows: readonly { readonly label: string; readonly values: readonly unknown[] }[],
): Table {
  return {
    columns: columns.map((label) => ({ label })),
    groups: [
      {
        title,
        rows: rows.map(({ label, values }) => ({
          label,
          cells: values.map((value) => ({ text: words(value), ...why(value), same: !failed(value) })),
        })),
      },
    ],
  };
}
