/**
 * `npm test`: every suite in order, then one line that adds them up. Name suites to run only those:
 * `npm test -- lint unit`. The last line and the exit code speak of what ran.
 */
import { globSync, mkdtempSync, rmSync } from 'node:fs';
import { availableParallelism, tmpdir } from 'node:os';
import { join } from 'node:path';
import { findBrowser } from './browser.ts';
import { buildAgain } from './identity.ts';
import {
  type Counts,
  command,
  commandSuite,
  countingSuite,
  nodeTests,
  nodeTestsTwice,
  ROOT,
  type Suite,
} from './suite.ts';

// The tests ask for a site at the root of this machine; where somebody deploys to is no matter of theirs.
delete process.env['SITE_URL'];

const CORES = availableParallelism();

/** Tests of the sources, tests that read the built site, tests in a browser: told apart by their names. */
function testFiles(kind: 'unit' | 'site' | 'browser'): string[] {
  return globSync(['src/**/*.test.ts', 'tests/**/*.test.ts'], { cwd: ROOT })
    .filter((file) => (/\.(site|browser)\.test\.ts$/.exec(file)?.[1] ?? 'unit') === kind)
    .sort();
}

/** Finds the browser once, so that the test files do not each look for it or install it, then runs them in it. */
function inBrowser(): Promise<Counts> {
  process.env['UNMAPPED_BROWSER'] = findBrowser();
  return nodeTestsTwice(testFiles('browser'), CORES);
}

const suites: readonly Suite[] = [
  commandSuite('lint', 'biome', ['check', '--error-on-warnings', '.']),
  // First of the types: it writes the types of the pages' collections, which the others need.
  commandSuite('page-types', 'astro', [
    'check',
    '--tsconfig',
    'tests/pages.tsconfig.json',
    '--minimumFailingSeverity',
    'warning',
  ]),
  commandSuite('types', 'tsc', ['--noEmit']),
  commandSuite('model-types', 'tsc', ['--noEmit', '-p', 'tests/model.tsconfig.json']),
  { name: 'unit', run: () => nodeTests(testFiles('unit'), CORES) },
  countingSuite('evidence', 'npm', ['run', '-s', 'evidence']),
  commandSuite('build', 'npm', ['run', '-s', 'build', '--', '--cold']),
  { name: 'identity', needs: 'build', run: () => buildAgain(join(ROOT, 'dist')) },
  { name: 'site', needs: 'build', run: () => nodeTests(testFiles('site'), CORES) },
  { name: 'browser', needs: 'build', run: inBrowser },
  { name: 'below-path', needs: 'build', run: belowPath },
];

/**
 * The site as deployed below a path: built for such an address, its links followed, its search and a snippet used. What
 * forgets the base path works at the root and fails only here.
 */
async function belowPath(): Promise<Counts> {
  const folder = mkdtempSync(join(tmpdir(), 'unmapped-'));
  const env = { SITE_URL: 'https://example.org/some/path', UNMAPPED_OUT: folder };
  try {
    const { code, output } = await command('npm', ['run', '-s', 'build'], env);
    if (code !== 0) throw new Error(output);
    Object.assign(process.env, env, { UNMAPPED_BROWSER: findBrowser() });
    return await nodeTestsTwice([...testFiles('site'), 'tests/search.browser.test.ts'], CORES);
  } finally {
    for (const name of Object.keys(env)) delete process.env[name];
    rmSync(folder, { recursive: true, force: true });
  }
}

function line(counts: Counts): string {
  const skipped = counts.skipped === 0 ? '' : `, ${counts.skipped} skipped`;
  return `${counts.passed} passed, ${counts.failed} failed${skipped}`;
}

const wanted = process.argv.slice(2);
const unknown = wanted.filter((name) => !suites.some((suite) => suite.name === name));
if (unknown.length > 0) {
  console.error(`No such suite: ${unknown.join(', ')}. There are: ${suites.map((suite) => suite.name).join(', ')}.`);
  process.exit(2);
}

const total: Counts = { passed: 0, failed: 0, skipped: 0 };
const broken = new Set<string>();
for (const suite of suites) {
  if (wanted.length > 0 && !wanted.includes(suite.name)) continue;
  const start = performance.now();
  console.log(`\n${suite.name}`);
  let counts: Counts;
  try {
    if (suite.needs !== undefined && broken.has(suite.needs)) throw new Error(`needs "${suite.needs}", which failed`);
    counts = await suite.run();
  } catch (error) {
    console.log(`  ${error instanceof Error ? error.message : String(error)}`);
    counts = { passed: 0, failed: 1, skipped: 0 };
  }
  if (counts.failed > 0) broken.add(suite.name);
  total.passed += counts.passed;
  total.failed += counts.failed;
  total.skipped += counts.skipped;
  console.log(`  ${line(counts)} in ${((performance.now() - start) / 1000).toFixed(1)} s`);
}

console.log(`\n${line(total)}`);
process.exitCode = total.failed > 0 ? 1 : 0;
