/** Runs every case of a set of files and counts. */
import { findFiles, readItems } from './files.ts';
import { type Case, type CaseReport, casesOf } from './schemas.ts';

export interface CaseScore extends CaseReport {
  readonly file: string;
  readonly subject: string;
  readonly name: string;
  readonly passed: boolean;
}

export interface Score {
  readonly cases: readonly CaseScore[];
  /** Files that could not be replayed at all, each with the reason. */
  readonly errors: readonly { readonly file: string; readonly message: string }[];
  readonly passed: number;
  readonly failed: number;
}

/** Replays all evidence below the paths. What cannot be replayed is an error that names its file; the rest still runs. */
export function score(paths: readonly string[]): Score {
  const cases: CaseScore[] = [];
  const errors: { file: string; message: string }[] = [];
  const attempt = <T>(file: string, body: () => T[]): T[] => {
    try {
      return body();
    } catch (error) {
      errors.push({ file, message: error instanceof Error ? error.message : String(error) });
      return [];
    }
  };
  for (const file of paths.flatMap((path) => attempt(path, () => findFiles(path)))) {
    for (const item of attempt(file, () => readItems(file))) {
      for (const one of attempt(file, () => casesOf(item, file))) {
        cases.push(...attempt(file, () => [runCase(one, file)]));
      }
    }
  }
  const passed = cases.filter((one) => one.passed).length;
  return { cases, errors, passed, failed: cases.length - passed };
}

function runCase(one: Case, file: string): CaseScore {
  const report = one.run();
  return { ...report, file, subject: one.subject, name: one.name, passed: report.disagreements.length === 0 };
}
