/** For tests: compiles and runs a snippet's text in Node. */
import assert from 'node:assert/strict';
import { compile } from './compile.ts';
import { runInNode } from './runInNode.ts';
import type { Compiled, RunResult } from './types.ts';

export function compiled(source: string): Compiled {
  const made = compile('test/snippet', source);
  assert.ok('code' in made, JSON.stringify(made));
  return made;
}

export function run(source: string): Promise<RunResult> {
  return runInNode(compiled(source));
}

/** What the lines said: `[line, text]`. */
export async function said(source: string): Promise<[number, string][]> {
  return (await run(source)).lines.map(({ line, text }) => [line, text]);
}
