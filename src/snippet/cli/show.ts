/** `npm run snippet -- FILE...`: prints a snippet with its results and its ownership gutter beside the lines. */
import { existsSync } from 'node:fs';
import { relative, resolve } from 'node:path';
import type { Ownership } from '../../model/trace.ts';
import { engine, ROOT } from '../bundle.ts';
import { compile } from '../compile.ts';
import { FOLDER, readSnippet } from '../files.ts';
import type { Answer } from '../protocol.ts';
import { Runner } from '../runInNode.ts';

/** Letters shown of one object; more pages are told by their number. */
const GUTTER = 8;

/** `HH··`, `P×512`: the owners of an object's pages in a few letters. */
function letters({ runs }: Ownership): string {
  const pages = runs.reduce((sum, [, count]) => sum + count, 0);
  if (pages <= GUTTER) return runs.map(([owner, count]) => owner.repeat(count)).join('');
  return runs.map(([owner, count]) => (count > 2 ? `${owner}×${count}` : owner.repeat(count))).join('');
}

function gutter(owners: readonly Ownership[]): string {
  if (owners.length === 1 && owners[0]) return letters(owners[0]);
  return owners.map((one) => `${one.object} ${letters(one)}`).join(' ');
}

/** The arrow of a line is left away where its result is printed beside it. */
function bare(text: string): string {
  return text.replace(/\s*\/\/\s*→.*$/, '');
}

function print(file: string, source: string, { result, disagreements }: Answer): void {
  const lines = source.replace(/\n$/, '').split('\n');
  const said = new Map(result.lines.map((one) => [one.line, one]));
  const wide = Math.min(100, Math.max(...lines.map((text) => bare(text).length)));
  const owned = Math.max(0, ...result.lines.map((one) => gutter(one.owners).length));
  console.log(`${file}\n`);
  for (const [index, text] of lines.entries()) {
    const one = said.get(index + 1);
    const number = String(index + 1).padStart(3);
    if (!one) console.log(`${number} ${' '.repeat(owned)}  ${text}`);
    else {
      const code = bare(text).padEnd(wide);
      console.log(
        `${number} ${gutter(one.owners).padEnd(owned)}  ${code}  → ${one.text}${one.why ? `   ${one.why}` : ''}`,
      );
    }
  }
  for (const { line, text } of result.console)
    console.log(`${line === undefined ? 'console' : `line ${line}`}: ${text}`);
  for (const { line, picture } of result.pictures) console.log(`picture after line ${line}: ${picture.title}`);
  const { error } = result;
  for (const { line, expected, found } of disagreements) {
    // Where the run ended early, its end is said once.
    if (error && !said.has(line)) continue;
    console.log(`${file}:${line}\n  expected → ${expected}\n  found    → ${found}`);
  }
  if (error)
    console.log(`${result.state}${error.line === undefined ? '' : ` at line ${error.line}`}: ${error.message}`);
  else console.log(`\n${result.steps} steps, ${disagreements.length} arrows lie`);
}

async function show(path: string, library: string): Promise<boolean> {
  const absolute = resolve(path);
  const named = existsSync(absolute) ? absolute : resolve(ROOT, FOLDER, `${path}.ts`);
  if (!existsSync(named)) {
    console.error(`There is no snippet ${path}. Give a file, or an id such as memfd/write-seal-ebusy.`);
    return false;
  }
  const id = relative(resolve(ROOT, FOLDER), named).replace(/\.ts$/, '').replaceAll('\\', '/');
  const { source, file } = readSnippet(ROOT, id, []);
  const compiled = compile(id, source);
  if (!('code' in compiled)) {
    console.error(`${file}:${compiled.line ?? 1}: ${compiled.message}`);
    return false;
  }
  const runner = new Runner(library, 1);
  const answer = await runner.run({ kind: 'compiled', compiled });
  await runner.close();
  print(file, source, answer);
  return !answer.result.error && answer.disagreements.length === 0;
}

const paths = process.argv.slice(2);
if (paths.length === 0) {
  console.error('Usage: npm run snippet -- FILE...');
  process.exit(2);
}
const { library } = await engine();
let good = true;
for (const path of paths) good = (await show(path, library)) && good;
process.exit(good ? 0 : 1);
