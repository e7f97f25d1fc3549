/**
 * What the replay knows about evidence files, told apart by their `schema` field. A schema with a model gives cases; a
 * companion holds data for other files and is never counted.
 */
import { type Kernel, linux } from '../model/index.ts';
import { CannotReplay } from './cannot-replay.ts';
import { flatten, replay, type TraceReport } from './replay.ts';
import type { Trace } from './trace.ts';
import { VECTORS } from './vectors/index.ts';
import type { VectorReport } from './vectors/vector.ts';

export { CannotReplay };

/** An object of an evidence file. */
export interface Item {
  readonly schema: string;
  readonly [field: string]: unknown;
}

/** One recording, vector or row, ready to be run. */
export interface Case {
  readonly name: string;
  /** The page of the site's score that it belongs to: `memfd`. */
  readonly subject: string;
  run(): CaseReport;
}

/** What running a case gave: a recording answers step by step, a vector field by field. */
export interface CaseReport {
  /** One line each: where, expected, found. */
  readonly disagreements: readonly string[];
  readonly recording?: { readonly trace: Trace; readonly report: TraceReport };
  readonly vector?: VectorReport;
}

/** The subject of a recording by its subsystem. */
const SUBJECTS: Readonly<Record<string, string>> = {
  memfd: 'memfd',
  memfd_secret: 'memfd',
  guest_memfd: 'guest_memfd',
};

/** Data that other files refer to. */
const COMPANIONS = new Set(['tdx_sept/setups/1', 'tdx_sept/states/1', 'tdx_sept/callers/1']);

export const isCompanion = (item: Item): boolean => COMPANIONS.has(item.schema);

/**
 * The cases of one object; none for a companion. `file` is where it was read, so that a vector finds its companions. Throws
 * CannotReplay for what no model answers for.
 */
export function casesOf(item: Item, file: string, kernel?: Kernel): Case[] {
  if (isCompanion(item)) return [];
  const vectors = VECTORS[item.schema];
  if (vectors !== undefined) {
    return vectors.read(item, file).map(({ name, run }) => ({
      name,
      subject: vectors.subject,
      run: () => {
        const vector = run();
        return { vector, disagreements: vector.disagreements };
      },
    }));
  }
  if (item.schema === 'guest-memory-oracle/1') return [traceCase(item as unknown as Trace, kernel)];
  throw new CannotReplay(`unknown schema '${String(item.schema)}'`);
}

function traceCase(trace: Trace, kernel: Kernel | undefined): Case {
  const subject = SUBJECTS[trace.subsystem];
  if (subject === undefined) {
    throw new CannotReplay(`schema 'guest-memory-oracle/1' has an unknown subsystem '${String(trace.subsystem)}'`);
  }
  return {
    name: trace.name,
    subject,
    run: () => {
      const report = replay(trace, kernel ?? linux(trace.kernel));
      return { recording: { trace, report }, disagreements: disagreements(report) };
    },
  };
}

function disagreements(report: TraceReport): string[] {
  return flatten(report.steps).flatMap((step) =>
    step.differences.map(
      ({ field, expected, found }) =>
        `step ${step.number} ${step.op}: ${field}: expected ${expected}, found ${found}${step.why ? ` (${step.why})` : ''}`,
    ),
  );
}
