/** What is wrong with the content, all of it at once, each with its file and line. */

/** One thing that a writer has to put right. */
export interface Problem {
  /** Path from the root of the project. */
  readonly file: string;
  /** From 1. */
  readonly line: number;
  readonly text: string;
}

/** Collects problems, so that a writer sees all of them in one run. */
export class Problems {
  readonly list: Problem[] = [];

  add(file: string, line: number, text: string): void {
    this.list.push({ file, line, text });
  }

  /** Throws one error that lists every problem, in the order of files and lines. */
  throwIfAny(): void {
    if (this.list.length > 0) throw new ContentError(this.list);
  }
}

/** The content cannot be built. */
export class ContentError extends Error {
  override readonly name = 'ContentError';
  readonly problems: readonly Problem[];

  constructor(problems: readonly Problem[]) {
    const sorted = [...problems].sort((a, b) => (a.file < b.file ? -1 : a.file > b.file ? 1 : a.line - b.line));
    const count = sorted.length === 1 ? '1 problem' : `${sorted.length} problems`;
    super([`${count} in the content:`, ...sorted.map((p) => `  ${p.file}:${p.line}: ${p.text}`)].join('\n'));
    this.problems = sorted;
  }
}
