/** Finds and reads evidence files. Node only. */
import { existsSync, readdirSync, readFileSync, statSync } from 'node:fs';
import { basename, dirname, join } from 'node:path';
import { fileURLToPath } from 'node:url';
import type { Item } from './schemas.ts';

/** The project's own copies: one folder per subject. */
export const OWN = fileURLToPath(new URL('../../content/evidence/', import.meta.url));

/** The JSON files of a path, in order of name; a folder is searched to its bottom. */
export function findFiles(path: string): string[] {
  if (!existsSync(path)) throw new Error(`${path}: no such file or folder`);
  if (!statSync(path).isDirectory()) return [path];
  return readdirSync(path, { withFileTypes: true })
    .sort((a, b) => (a.name < b.name ? -1 : 1))
    .flatMap((entry) => {
      const inner = join(path, entry.name);
      if (entry.isDirectory()) return findFiles(inner);
      return entry.name.endsWith('.json') ? [inner] : [];
    });
}

/** The objects of a file: it holds one, or an array of them. */
export function readItems(file: string): Item[] {
  const parsed: unknown = JSON.parse(readFileSync(file, 'utf8'));
  const items = Array.isArray(parsed) ? parsed : [parsed];
  for (const item of items) {
    if (typeof item !== 'object' || item === null || typeof (item as Item).schema !== 'string') {
      throw new Error("an object without a 'schema' field");
    }
  }
  return items as Item[];
}

/**
 * A companion file (`setups.json`) of an evidence file: beside it, else in the project's own copy of the subject.
 * Undefined where neither has it.
 */
export function findCompanion(file: string, name: string): string | undefined {
  const beside = join(dirname(file), name);
  if (existsSync(beside)) return beside;
  const own = join(OWN, basename(dirname(file)), name);
  return existsSync(own) ? own : undefined;
}
