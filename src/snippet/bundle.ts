/**
 * The two scripts that the sandbox runs, bundled once and used by Node and browsers alike: the library with the worker's
 * end behind it, and the compiler. Names of the library's classes and functions are kept, because results print them.
 */
import { createHash } from 'node:crypto';
import { existsSync, mkdirSync, readdirSync, rmSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { build } from 'esbuild';
import type { Assets } from './protocol.ts';

/** The project's root folder. */
export const ROOT = join(import.meta.dirname, '../..');

/** The modules that a snippet can import: specifier → file below the root. */
export function importable(root: string = ROOT): ReadonlyMap<string, string> {
  const modules = new Map([['unmapped', 'src/model/index.ts']]);
  if (existsSync(join(root, 'src/model/hardware/index.ts')))
    modules.set('unmapped/hardware', 'src/model/hardware/index.ts');
  if (existsSync(join(root, 'src/schedule/index.ts'))) modules.set('unmapped/schedule', 'src/schedule/index.ts');
  const proposals = 'src/model/proposals';
  const files = existsSync(join(root, proposals)) ? readdirSync(join(root, proposals)).sort() : [];
  for (const file of files) {
    if (!file.endsWith('.ts') || file.endsWith('.test.ts')) continue;
    modules.set(`unmapped/proposals/${file.slice(0, -3)}`, `${proposals}/${file}`);
  }
  return modules;
}

async function script(contents: string, root: string, keepNames: boolean): Promise<string> {
  const bundled = await build({
    stdin: { contents, resolveDir: root, sourcefile: 'entry.ts', loader: 'ts' },
    absWorkingDir: root,
    bundle: true,
    write: false,
    format: 'iife',
    target: 'es2022',
    charset: 'utf8',
    legalComments: 'none',
    minify: true,
    keepNames,
    // Modules are strict; a script has to say so.
    banner: { js: '"use strict";' },
    logLevel: 'silent',
  });
  return bundled.outputFiles[0]?.text ?? '';
}

/** The library script: a classic worker script that ends in the worker's own code. */
export function libraryScript(root: string = ROOT): Promise<string> {
  const modules = [...importable(root)];
  const imports = modules.map(([, file], i) => `import * as m${i} from './${file}';`);
  const map = modules.map(([specifier], i) => `${JSON.stringify(specifier)}: m${i}`).join(', ');
  const serve = `import { serve } from './src/snippet/worker.ts';\nserve({ ${map} });`;
  return script(`import './src/snippet/encoding.ts';\n${imports.join('\n')}\n${serve}`, root, true);
}

/** The compiler script, put before the library where the sandbox is given a source. */
export function compilerScript(root: string = ROOT): Promise<string> {
  const leave = '(globalThis as any).unmappedCompile = compile;';
  return script(`import { compile } from './src/snippet/compile.ts';\n${leave}`, root, false);
}

/** Everything that a result depends on, besides the snippet: the library with the engine in it, and the compiler. */
export interface Engine {
  readonly library: string;
  readonly compiler: string;
  /** Changes with either. */
  readonly key: string;
}

export async function engine(root: string = ROOT): Promise<Engine> {
  const [library, compiler] = await Promise.all([libraryScript(root), compilerScript(root)]);
  return { library, compiler, key: digest(library + compiler) };
}

/** First characters of a text's SHA-256: a name that changes with the text. */
export function digest(text: string): string {
  return createHash('sha256').update(text).digest('hex').slice(0, 16);
}

/**
 * Writes both scripts below `.cache/public/lib`, under names that carry their digests, and says where they will be
 * served in `.cache/assets.json`. Earlier versions are removed.
 */
export async function writeScripts(root: string = ROOT): Promise<{ assets: Assets; engine: Engine }> {
  const made = await engine(root);
  const assets: Assets = {
    library: `/lib/unmapped-${digest(made.library)}.js`,
    compiler: `/lib/compiler-${digest(made.compiler)}.js`,
  };
  for (const folder of ['lib', 's']) rmSync(join(root, '.cache/public', folder), { recursive: true, force: true });
  mkdirSync(join(root, '.cache/public/lib'), { recursive: true });
  writeFileSync(join(root, '.cache/public', assets.library), made.library);
  writeFileSync(join(root, '.cache/public', assets.compiler), made.compiler);
  writeFileSync(join(root, '.cache/assets.json'), `${JSON.stringify(assets, null, 2)}\n`);
  return { assets, engine: made };
}
