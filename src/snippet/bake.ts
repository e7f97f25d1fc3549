/**
 * Runs every snippet and every break once, in worker threads, and keeps what they said in .cache/snippets under the hash of
 * everything that it depends on. A second build runs only what has changed.
 */
import { existsSync, mkdirSync, readFileSync, writeFileSync } from 'node:fs';
import { dirname, join } from 'node:path';
import { compare } from './arrows.ts';
import { edited, outcome } from './breaks.ts';
import { digest, type Engine } from './bundle.ts';
import { compile } from './compile.ts';
import {
  breakLine,
  type Problem,
  readSnippet,
  SCENARIOS,
  type SnippetSource,
  snippetIds,
  strayBreaks,
} from './files.ts';
import { Runner } from './runInNode.ts';
import type { Baked, BakedBreak, Break, Compiled, RunError, RunResult } from './types.ts';

export type { Engine } from './bundle.ts';

export const CACHE = '.cache/snippets';

/** What is kept of one snippet. */
interface Kept {
  readonly key: string;
  readonly baked: Baked;
}

const NOTHING: Compiled = { id: '', code: '', arrows: [] };

function failed(error: RunError): RunResult {
  return { state: 'failed', steps: 0, lines: [], console: [], pictures: [], error };
}

async function runText(id: string, source: string, runner: Runner): Promise<{ compiled: Compiled; result: RunResult }> {
  const compiled = compile(id, source);
  if (!('code' in compiled)) return { compiled: { ...NOTHING, id }, result: failed(compiled) };
  return { compiled, result: (await runner.run({ kind: 'compiled', compiled })).result };
}

/** What the outcome of a baked break is, whatever its author or an earlier blessing wrote. */
export function trueOutcome({ compiled, result }: Pick<BakedBreak, 'compiled' | 'result'>): string[] {
  return compiled.code === '' && result.error ? outcome(result.error, undefined) : outcome(compiled, result);
}

async function bakeBreak(snippet: SnippetSource, one: Break, runner: Runner): Promise<BakedBreak> {
  const text = edited(snippet.source, one);
  if ('wrong' in text) return { ...one, source: snippet.source, compiled: NOTHING, result: failed(misfit(text.wrong)) };
  return { ...one, source: text.source, ...(await runText(`${snippet.id}/${one.id}`, text.source, runner)) };
}

function misfit(wrong: string): RunError {
  return { kind: 'syntax', message: wrong };
}

async function bakeOne(snippet: SnippetSource, runner: Runner): Promise<Baked> {
  const { id, title, source, parts } = snippet;
  const [run, ...breaks] = await Promise.all([
    runText(id, source, runner),
    ...snippet.breaks.map((one) => bakeBreak(snippet, one, runner)),
  ]);
  return { id, title, source, parts, ...run, breaks };
}

function cacheFile(root: string, id: string): string {
  return join(root, CACHE, `${id}.json`);
}

function kept(root: string, id: string, key: string): Baked | undefined {
  const file = cacheFile(root, id);
  if (!existsSync(file)) return undefined;
  try {
    const found = JSON.parse(readFileSync(file, 'utf8')) as Kept;
    return found.key === key ? found.baked : undefined;
  } catch {
    return undefined;
  }
}

function keep(root: string, key: string, baked: Baked): void {
  // A result that the clock ended says nothing about the snippet: the next build tries again.
  if ([baked, ...baked.breaks].some(({ result }) => result.error?.kind === 'time')) return;
  const file = cacheFile(root, baked.id);
  mkdirSync(dirname(file), { recursive: true });
  writeFileSync(file, JSON.stringify({ key, baked } satisfies Kept));
}

/** Everything that lies in a baked snippet: arrows, breaks, a run that does not reach its end. */
export function lies(snippet: SnippetSource, baked: Baked): Problem[] {
  const { file, breaksFile, source } = snippet;
  const { error } = baked.result;
  const problems: Problem[] = [];
  if (error) problems.push({ file, line: error.line ?? 1, message: error.message });
  for (const { line, expected, found } of compare(baked.compiled.arrows, baked.result)) {
    if (error && found.startsWith('nothing: the run ended')) continue;
    problems.push({ file, line, message: `expected → ${expected}\n${' '.repeat(2)}found    → ${found}` });
  }
  if (!error && !snippet.id.startsWith(SCENARIOS) && baked.compiled.arrows.length === 0) {
    problems.push({ file, line: 1, message: 'This snippet has no arrow: nothing that it shows is checked.' });
  }
  for (const one of baked.breaks) {
    const line = breakLine(snippet.breaksText, one.id);
    const fit = edited(source, one);
    if ('wrong' in fit) {
      problems.push({ file: breaksFile, line, message: `The break ‘${one.id}’ ${fit.wrong}.` });
      continue;
    }
    const found = trueOutcome(one);
    if (found.length === 0) {
      problems.push({
        file: breaksFile,
        line,
        message: `The break ‘${one.id}’ breaks nothing: every arrow still holds.`,
      });
    } else if (JSON.stringify(found) !== JSON.stringify(one.outcome)) {
      const message = `The outcome of the break ‘${one.id}’ lies.\n  expected ${JSON.stringify(one.outcome)}\n  found    ${JSON.stringify(found)}`;
      problems.push({ file: breaksFile, line, message });
    }
  }
  return problems;
}

/** What a bake gave. */
export interface Baking {
  readonly snippets: readonly SnippetSource[];
  readonly baked: readonly Baked[];
  readonly problems: readonly Problem[];
  /** How many were run, not taken from the cache. */
  readonly ran: number;
}

/** Bakes all snippets but the scenarios, or those named. */
export async function bake(
  root: string,
  { library, key: engineKey }: Engine,
  only?: readonly string[],
): Promise<Baking> {
  const problems: Problem[] = [];
  const all = snippetIds(root).filter((id) => !id.startsWith(SCENARIOS));
  const ids = only ? all.filter((id) => only.includes(id)) : all;
  if (!only) problems.push(...strayBreaks(root, snippetIds(root)));
  const runner = new Runner(library);
  let ran = 0;
  const snippets = ids.map((id) => readSnippet(root, id, problems));
  const baked = await Promise.all(
    snippets.map(async (snippet) => {
      const key = digest(JSON.stringify([engineKey, snippet]));
      const before = kept(root, snippet.id, key);
      if (before) return before;
      ran += 1;
      const fresh = await bakeOne(snippet, runner);
      keep(root, key, fresh);
      return fresh;
    }),
  );
  await runner.close();
  for (const [index, snippet] of snippets.entries()) {
    const one = baked[index];
    if (one) problems.push(...lies(snippet, one));
  }
  return { snippets, baked, problems, ran };
}
