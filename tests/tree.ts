/** The project's own files, for the tests that look at the sources themselves. */
import { globSync, readFileSync } from 'node:fs';
import { join } from 'node:path';
import { ROOT } from './suite.ts';

const GENERATED = new Set(['node_modules', 'dist', '.git', '.astro', '.cache', 'shots']);

/** Paths from the project's root, sorted, of all files that match; what the build makes is left out. */
export function files(...patterns: string[]): string[] {
  return globSync(patterns, { cwd: ROOT, exclude: (name) => GENERATED.has(name.split('/').at(-1) ?? name) })
    .filter((file) => /\.[a-z0-9]+$/i.test(file))
    .sort();
}

export function text(file: string): string {
  return readFileSync(join(ROOT, file), 'utf8');
}

/** The TypeScript of a file: all of it, or of an Astro component the frontmatter and the scripts. */
export function script(file: string): string {
  const source = text(file);
  if (!file.endsWith('.astro')) return source;
  const front = /^---\n([\s\S]*?)\n---/.exec(source)?.[1] ?? '';
  const scripts = [...source.matchAll(/<script(?![^>]*is:inline)[^>]*>([\s\S]*?)<\/script>/g)].map((match) => match[1]);
  return [front, ...scripts].join('\n');
}
