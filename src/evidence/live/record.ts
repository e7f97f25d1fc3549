/**
 * content/records/live-runs.json: what was measured, when, on which kernel. Written by --record only. Paths are those below
 * the project's root, where npm and the build run.
 */
import { existsSync, readFileSync, writeFileSync } from 'node:fs';
import { resolve } from 'node:path';
import { findFiles, readItems } from '../files.ts';
import type { Totals } from './run.ts';

export const RECORD = resolve('content/records/live-runs.json');
const REGRESSIONS = resolve('src/evidence/live/regressions');

export interface LiveRun {
  /** Day of the run. */
  readonly date: string;
  /** Release of the kernel that answered. */
  readonly kernel: string;
  readonly seed: number;
  readonly sequences: number;
  readonly steps: number;
  readonly answers: number;
  readonly disagreements: number;
  /** Sequences that ended at a difference that the project declares. */
  readonly known: number;
  /** What the machine lacked. */
  readonly skipped: readonly string[];
}

export function liveRuns(file = RECORD): LiveRun[] {
  return existsSync(file) ? (JSON.parse(readFileSync(file, 'utf8')) as LiveRun[]) : [];
}

/** What the comparison found and the models were corrected by: one sentence each, in order of name. */
export function corrections(): string[] {
  return findFiles(REGRESSIONS).flatMap((file) => readItems(file).map((item) => String(item['reason'])));
}

/** Adds a run, in place of an earlier one of the same kernel and seed. */
export function recordRun(
  kernel: string,
  seed: number,
  totals: Totals,
  lacks: readonly string[],
  file = RECORD,
): string {
  const entry: LiveRun = {
    date: new Date().toISOString().slice(0, 10),
    kernel,
    seed,
    sequences: totals.sequences,
    steps: totals.steps,
    answers: totals.answers,
    disagreements: totals.disagreed,
    known: [...totals.known.values()].reduce((sum, one) => sum + one, 0),
    skipped: lacks,
  };
  const others = liveRuns(file).filter((run) => run.kernel !== kernel || run.seed !== seed);
  writeFileSync(file, `${JSON.stringify([...others, entry], undefined, 2)}\n`);
  return file;
}
