/**
 * Two cold builds of one tree give the same bytes. Each goes into a folder of its own, with nothing kept from before, so
 * that neither a cache nor the output of the other can make them agree.
 */
import { createHash } from 'node:crypto';
import { globSync, mkdtempSync, readFileSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { type Counts, command } from './suite.ts';

/** Path and hash of every file below a folder. */
export function hashes(folder: string): Map<string, string> {
  return new Map(
    globSync('**/*', { cwd: folder, withFileTypes: true })
      .filter((entry) => entry.isFile())
      .map((entry) => join(entry.parentPath, entry.name))
      .map(
        (file) =>
          [file.slice(folder.length + 1), createHash('sha256').update(readFileSync(file)).digest('hex')] as const,
      )
      .sort(([a], [b]) => (a < b ? -1 : 1)),
  );
}

/** Files that only one of two trees has, or that differ. */
export function differences(one: ReadonlyMap<string, string>, other: ReadonlyMap<string, string>): string[] {
  return [...new Set([...one.keys(), ...other.keys()])].filter((file) => one.get(file) !== other.get(file)).sort();
}

/** Builds cold and compares with an earlier cold build. */
export async function buildAgain(first: string): Promise<Counts> {
  const folder = mkdtempSync(join(tmpdir(), 'unmapped-'));
  try {
    const { code, output } = await command('npm', ['run', '-s', 'build', '--', '--cold'], { UNMAPPED_OUT: folder });
    if (code !== 0) throw new Error(output);
    const [before, now] = [hashes(first), hashes(folder)];
    const changed = differences(before, now);
    for (const file of changed) console.log(`  differs: ${file}`);
    if (now.size === 0) throw new Error('the build wrote nothing');
    return { passed: changed.length === 0 ? 1 : 0, failed: changed.length === 0 ? 0 : 1, skipped: 0 };
  } finally {
    rmSync(folder, { recursive: true, force: true });
  }
}
