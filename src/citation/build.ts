/** What the build calls before the pages are rendered, and what the pages read. */
import { mkdirSync, readFileSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { extract } from './extract.ts';
import type { Catalogue } from './types.ts';

const FILE = '.cache/claims.json';

/**
 * Extracts every claim and writes the catalogue for the pages. Throws one `ContentError` that names everything that is
 * wrong, each with file and line.
 */
export function prepareCitations(root: string = process.cwd()): Catalogue {
  const { catalogue, problems } = extract(root);
  problems.throwIfAny();
  mkdirSync(join(root, '.cache'), { recursive: true });
  writeFileSync(join(root, FILE), JSON.stringify(catalogue));
  return catalogue;
}

let read: Catalogue | undefined;

/** The catalogue that `prepareCitations` wrote. For pages and components, which run from the project's folder. */
export function catalogue(): Catalogue {
  read ??= JSON.parse(readFileSync(FILE, 'utf8')) as Catalogue;
  return read;
}

/** The claim with this id. Errors: there is none, which the extractor has already said with file and line. */
export function claimById(id: string): Catalogue['claims'][number] {
  const found = catalogue().claims.find((claim) => claim.id === id);
  if (found === undefined) throw new Error(`there is no claim "${id}"`);
  return found;
}
