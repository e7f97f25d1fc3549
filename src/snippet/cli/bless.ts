/**
 * `npm run bless [-- ID...]`: after a deliberate change, writes what the runs say into arrows, outcomes of breaks and the table
 * of scenarios. Without ids all of them. What it changed is a diff to be read before it is committed.
 */
import { spawnSync } from 'node:child_process';
import { readFileSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { AXES } from '../axes.ts';
import { bake } from '../bake.ts';
import { blessedBreaks, blessedSource } from '../bless.ts';
import { engine, ROOT } from '../bundle.ts';
import { written } from '../check.ts';
import { SCENARIOS, type SnippetSource, snippetIds } from '../files.ts';
import { runScenarios, tableLies } from '../scenario.ts';
import type { Baked } from '../types.ts';

const changed: string[] = [];

function write(file: string, text: string): void {
  if (readFileSync(join(ROOT, file), 'utf8') === text) return;
  writeFileSync(join(ROOT, file), text);
  changed.push(file);
}

const blessArrows = ({ file, source }: SnippetSource, baked: Baked): void => write(file, blessedSource(source, baked));

function blessBreaks({ breaksFile, breaks }: SnippetSource, baked: Baked): void {
  const blessed = blessedBreaks(breaks, baked.breaks);
  if (JSON.stringify(blessed) !== JSON.stringify(breaks)) write(breaksFile, `${JSON.stringify(blessed, null, 2)}\n`);
}

const wanted = process.argv.slice(2).map((id) => id.replace(/^content\/snippets\//, '').replace(/\.ts$/, ''));
const ids = snippetIds(ROOT);
const unknown = wanted.filter((id) => !ids.includes(id));
if (unknown.length > 0) {
  console.error(`No snippet of this name: ${unknown.join(', ')}`);
  process.exit(2);
}
const made = await engine();
const only = wanted.length > 0 ? wanted : undefined;

const first = await bake(ROOT, made, only);
for (const [index, snippet] of first.snippets.entries()) {
  const baked = first.baked[index];
  if (baked) blessArrows(snippet, baked);
}
// The outcome of a break is what differs from the arrows, which may just have been written anew.
const second = await bake(ROOT, made, only);
for (const [index, snippet] of second.snippets.entries()) {
  const baked = second.baked[index];
  if (baked) blessBreaks(snippet, baked);
}
const problems = [...(await bake(ROOT, made, only)).problems];

if (!only || only.some((id) => id.startsWith(SCENARIOS))) {
  for (const axis of AXES) {
    const scenarios = await runScenarios(ROOT, made.library, axis);
    problems.push(...scenarios.problems);
    if (tableLies(ROOT, scenarios.table, axis).length === 0) continue;
    writeFileSync(join(ROOT, axis.table), `${JSON.stringify(scenarios.table, null, 2)}\n`);
    changed.push(axis.table);
  }
}

if (changed.length > 0) spawnSync('biome', ['format', '--write', ...changed], { cwd: ROOT });
for (const file of changed) console.log(`blessed ${file}`);
for (const problem of problems) console.error(written(problem));
console.log(`${changed.length} files blessed, ${problems.length} problems left`);
process.exit(problems.length === 0 ? 0 : 1);
