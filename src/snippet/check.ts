/**
 * Checks everything that snippets claim: arrows, breaks, scenario tables, types, plain Node, and that pages and snippets
 * name each other. The build fails on the first list of problems that is not empty; so do the tests.
 */
import { cpSync, existsSync, mkdirSync, readdirSync, readFileSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { AXES } from './axes.ts';
import { type Baking, bake, CACHE, type Engine } from './bake.ts';
import { digest, importable, ROOT, writeScripts } from './bundle.ts';
import { FOLDER, type Problem, snippetIds } from './files.ts';
import { importPlainly } from './plain.ts';
import { runScenarios, tableLies } from './scenario.ts';
import { allMentions, misuse } from './usage.ts';

export type { Problem } from './files.ts';

/** `content/snippets/memfd/x.ts:8: …`, as editors and people read it. */
export function written({ file, line, message }: Problem): string {
  return `${file}:${line}: ${message}`;
}

/** Types and plain Node need no second look while neither the snippets nor the library have changed. */
async function slowChecks(root: string, key: string): Promise<Problem[]> {
  const stamp = join(root, CACHE, 'checked');
  const files = snippetIds(root).map((id) => `${FOLDER}/${id}.ts`);
  const now = digest(key + files.map((file) => readFileSync(join(root, file), 'utf8')).join('\0'));
  if (existsSync(stamp) && readFileSync(stamp, 'utf8') === now) return [];
  const plain = importPlainly(root, files);
  // TypeScript is loaded only where it has something to do: it takes half a second.
  const { typeErrors } = await import('./typecheck.ts');
  const problems = [...typeErrors(root, files), ...(await plain)];
  if (problems.length === 0) {
    mkdirSync(join(root, CACHE), { recursive: true });
    writeFileSync(stamp, now);
  }
  return problems;
}

/** What a check gave. */
export interface Checked extends Baking {
  /** Everything that is wrong, in the order of files and lines. */
  readonly problems: readonly Problem[];
}

/** Checks all snippets against a library and bakes them. */
export async function check(root: string, engine: Engine): Promise<Checked> {
  const baking = await bake(root, engine);
  const [scenarios, slow] = await Promise.all([
    Promise.all(AXES.map((axis) => runScenarios(root, engine.library, axis))),
    slowChecks(root, engine.key + [...importable(root).keys()].join()),
  ]);
  const problems = [
    ...baking.problems,
    ...AXES.flatMap((axis, index) => {
      const ran = scenarios[index];
      return ran ? [...ran.problems, ...tableLies(root, ran.table, axis)] : [];
    }),
    ...slow,
    ...misuse(baking.snippets, allMentions(root)),
  ];
  const sorted = problems.sort((a, b) => (a.file === b.file ? a.line - b.line : a.file < b.file ? -1 : 1));
  return { ...baking, problems: sorted };
}

/**
 * The build's first step: bundles the sandbox's scripts, bakes and checks all snippets, and leaves in `.cache/public` what
 * is served as it is: `/lib/*.js` and `/s/<id>.json`. Throws with every problem, one per line, if there is any.
 */
export async function prepare(root: string = ROOT): Promise<string> {
  const { engine } = await writeScripts(root);
  const { baked, problems, ran } = await check(root, engine);
  if (problems.length > 0) throw new Error(problems.map(written).join('\n'));
  for (const one of baked) {
    const file = join(root, '.cache/public/s', `${one.id}.json`);
    mkdirSync(join(file, '..'), { recursive: true });
    writeFileSync(file, JSON.stringify(one));
  }
  writeFileSync(join(root, CACHE, 'index.json'), JSON.stringify(baked.map(({ id }) => id)));
  const breaks = baked.reduce((sum, one) => sum + one.breaks.length, 0);
  return `${baked.length} snippets with ${breaks} breaks, ${ran} run anew`;
}

/** Copies what `prepare` left to be served into the finished site. Says how many files. */
export function copyServed(out: string, root: string = ROOT): number {
  const from = join(root, '.cache/public');
  cpSync(from, out, { recursive: true });
  return readdirSync(from, { recursive: true, withFileTypes: true }).filter((entry) => entry.isFile()).length;
}
