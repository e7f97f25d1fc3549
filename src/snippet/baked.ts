/** What the build made of the snippets, for the pages: read from .cache/snippets, which `prepare` of check.ts fills. */
import { existsSync, readFileSync } from 'node:fs';
import { join } from 'node:path';
import type { Assets } from './protocol.ts';
import type { Baked } from './types.ts';

export type { Baked, BakedBreak, Part } from './types.ts';

/** The folder from which a build runs. Pages are bundled before they run, so their own place says nothing. */
const ROOT = process.cwd();

function read(path: string, what: string): unknown {
  const file = join(ROOT, '.cache', path);
  if (!existsSync(file))
    throw new Error(`${what} Run "npm run build": it bakes the snippets before it makes the pages.`);
  return JSON.parse(readFileSync(file, 'utf8'));
}

/** A baked snippet by its id. Throws where there is none: a page that names it must not be built. */
export function baked(id: string): Baked {
  return (read(`snippets/${id}.json`, `There is no baked snippet ‘${id}’.`) as { baked: Baked }).baked;
}

/** Ids of all baked snippets, in order. */
export function bakedIds(): string[] {
  return read('snippets/index.json', 'The snippets have not been baked.') as string[];
}

/** Addresses of the library and the compiler script, without the base path. */
export function assets(): Assets {
  return read('assets.json', 'The sandbox’s scripts have not been bundled.') as Assets;
}
