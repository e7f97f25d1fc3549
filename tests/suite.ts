/**
 * What a suite of `npm test` is: a name and a way to run it that ends in counts. The suites run one after the other,
 * because two of them at a time would compete for the same two cores and for the same output folder.
 */
import { spawn } from 'node:child_process';
import { resolve } from 'node:path';
import { run as runNodeTests } from 'node:test';

/** The project's root folder, with which every path in the tests begins. */
export const ROOT = resolve(import.meta.dirname, '..');

export interface Counts {
  passed: number;
  failed: number;
  skipped: number;
}

export interface Suite {
  readonly name: string;
  /** A suite that others need (the build): where it fails, those that name it count as failed without running. */
  readonly needs?: string;
  run(): Promise<Counts>;
}

/** Output of a command that has ended. */
export interface Ended {
  readonly code: number;
  readonly output: string;
}

/** Runs a program from the project's root and keeps what it prints; the project's own binaries come first in PATH. */
export function command(program: string, args: readonly string[], env: Record<string, string> = {}): Promise<Ended> {
  return new Promise((done, fail) => {
    const path = `${resolve(ROOT, 'node_modules/.bin')}:${process.env.PATH ?? ''}`;
    const child = spawn(program, args, { cwd: ROOT, env: { ...process.env, PATH: path, ...env } });
    let output = '';
    const keep = (data: Buffer) => {
      output += data.toString();
    };
    child.stdout.on('data', keep);
    child.stderr.on('data', keep);
    child.on('error', fail);
    child.on('close', (code) => done({ code: code ?? 1, output }));
  });
}

/** A suite that is one command: passed where it exits 0; otherwise everything it printed is shown. */
export function commandSuite(name: string, program: string, args: readonly string[]): Suite {
  return {
    name,
    async run() {
      const { code, output } = await command(program, args);
      if (code === 0) return { passed: 1, failed: 0, skipped: 0 };
      console.log(output.trimEnd());
      return { passed: 0, failed: 1, skipped: 0 };
    },
  };
}

/** A suite that is one command with a last line `N passed, M failed`: its counts are ours. */
export function countingSuite(name: string, program: string, args: readonly string[]): Suite {
  return {
    name,
    async run() {
      const { code, output } = await command(program, args);
      const last = /(\d+) passed, (\d+) failed\s*$/.exec(output);
      const [passed, failed] = [Number(last?.[1] ?? 0), Number(last?.[2] ?? 0)];
      if (code !== 0 || last === null || failed > 0) console.log(output.trimEnd());
      if (last === null || (code !== 0 && failed === 0)) return { passed, failed: failed + 1, skipped: 0 };
      return { passed, failed, skipped: 0 };
    },
  };
}

/** Counts of a run of test files, and of each file by its path from the root. */
export interface CountsByFile extends Counts {
  readonly files: Map<string, Counts>;
}

/**
 * Runs files of `node:test` and, where few of them failed, runs those once more, each alone. A browser on a busy machine
 * sometimes answers late, which says nothing about the site; what is wrong fails twice. What passed only the second time
 * is named, so that it is not overlooked.
 */
export async function nodeTestsTwice(files: readonly string[], concurrency: number): Promise<Counts> {
  const first = await nodeTests(files, concurrency);
  const failing = [...first.files].filter(([, { failed }]) => failed > 0);
  const known = failing.reduce((sum, [, { failed }]) => sum + failed, 0);
  // More is no accident; and what failed outside of a known file cannot be run again.
  if (failing.length === 0 || known > AGAIN || known < first.failed) return first;
  const total: Counts = { passed: first.passed, failed: first.failed, skipped: first.skipped };
  for (const [file, before] of failing) {
    console.log(`  once more, alone: ${file}`);
    const again = await nodeTests([file], 1);
    for (const key of ['passed', 'failed', 'skipped'] as const) total[key] += again[key] - before[key];
    if (again.failed === 0) console.log(`  passed the second time: ${file}`);
  }
  return total;
}

/** How many failures may be accidents. */
const AGAIN = 8;

/** Stack frames of the runner and of libraries: they say nothing about what failed. */
const FRAME = /\n\s+at [^\n]*(?:node:internal|node_modules|node:async_hooks|<anonymous>)[^\n]*/g;

/**
 * Runs files of `node:test`, each in its own process, and prints the failures. A test marked "todo" counts as failed:
 * what is not finished does not stand in the tree.
 */
export async function nodeTests(files: readonly string[], concurrency: number): Promise<CountsByFile> {
  const counts: CountsByFile = { passed: 0, failed: 0, skipped: 0, files: new Map() };
  const stream = runNodeTests({ files: files.map((file) => resolve(ROOT, file)), concurrency, timeout: 45 * 60_000 });
  const said: string[] = [];
  stream.on('test:stdout', ({ message }) => said.push(message));
  stream.on('test:stderr', ({ message }) => said.push(message));
  stream.on('test:diagnostic', ({ message, file, nesting }) => {
    if (nesting > 0 && file !== undefined) console.log(`    ${message}`);
  });
  let empty = 0;
  stream.on('test:pass', ({ name, nesting }) => {
    if (nesting > 0 || !name.endsWith('.test.ts')) return;
    empty += 1;
    console.log(`  failed: ${name.replace(`${ROOT}/`, '')} holds no test`);
  });
  // The runner reports in order of definition, so the last start at each depth is the parent of what comes.
  const path: string[] = [];
  stream.on('test:start', ({ name, nesting }) => {
    path[nesting] = name;
  });
  stream.on('test:fail', ({ name, nesting, file, line, details }) => {
    const error: Error & { failureType?: string } = details.error;
    if (error.failureType === 'subtestsFailed') return;
    const cause = error.cause ?? error;
    const where = file === undefined ? '' : ` (${file.replace(`${ROOT}/`, '')}${line === undefined ? '' : `:${line}`})`;
    const text = cause instanceof Error ? (cause.stack ?? cause.message).replaceAll(FRAME, '') : String(cause);
    console.log(`  failed: ${[...path.slice(0, nesting), name].join(' › ')}${where}\n${indent(text)}`);
  });
  stream.on('test:summary', (summary) => {
    const { tests, passed, skipped } = summary.counts;
    const these = { passed, failed: tests - passed - skipped, skipped };
    if (summary.file === undefined) Object.assign(counts, these);
    else counts.files.set(summary.file.replace(`${ROOT}/`, ''), these);
  });
  await new Promise<void>((done, fail) => {
    stream.on('end', done);
    stream.on('error', fail);
    stream.resume();
  });
  counts.passed -= empty;
  counts.failed += empty;
  if (counts.failed > 0 && said.length > 0) console.log(indent(said.join('').trimEnd()));
  if (counts.passed + counts.failed + counts.skipped === 0) throw new Error('no test ran');
  return counts;
}

function indent(text: string): string {
  return text.replaceAll(/^/gm, '    ');
}
