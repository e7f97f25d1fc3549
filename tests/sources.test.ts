/** What holds for every source file: its size, and that nothing of one machine or of unfinished work is in it. */
import assert from 'node:assert/strict';
import { test } from 'node:test';
import { files, text } from './tree.ts';

const SMELL = 500;
const MEDIAN = 150;

/** Files that may be longer, each with its reason. An entry that is no longer needed fails the test. */
const LONG: Record<string, string> = {};

const modules = files('src/**/*.{ts,astro}', 'tests/**/*.ts').filter((file) => !file.endsWith('.d.ts'));
const lines = new Map(modules.map((file) => [file, text(file).trimEnd().split('\n').length]));

test('modules are small', (context) => {
  const sizes = [...lines]
    .filter(([file]) => file.startsWith('src/') && !file.endsWith('.test.ts'))
    .map(([, count]) => count)
    .sort((a, b) => a - b);
  const median = sizes[Math.floor(sizes.length / 2)] ?? 0;
  context.diagnostic(`${sizes.length} modules, median ${median} lines, largest ${sizes.at(-1)} lines`);
  assert.ok(median <= MEDIAN, `the median module has ${median} lines; at most ${MEDIAN}`);
});

test('a module over 500 lines has a reason', () => {
  const long = [...lines].filter(([, count]) => count > SMELL).map(([file]) => file);
  assert.deepEqual(
    long.filter((file) => !(file in LONG)).map((file) => `${file}: ${lines.get(file)} lines`),
    [],
  );
  assert.deepEqual(
    Object.keys(LONG).filter((file) => !long.includes(file)),
    [],
    'no longer needed in LONG',
  );
});

const FORBIDDEN: readonly [what: string, pattern: RegExp][] = [
  ['a path of one machine', /(?<![\w.])\/(?:home|root|Users|work|farm)\/\w/],
  ['a temporary folder of one machine', /(?<![\w.}])\/tmp\/\w/],
  ['unfinished work', new RegExp(`\\b(?:${['TODO', 'FIXME', 'XXX', 'HACK'].join('|')})\\b`)],
  ['a focused or switched-off test', /\b(?:test|it|describe)\.(?:only|skip|todo)\(/],
];

test('no file speaks of one machine or of unfinished work', () => {
  const own = files('*.{md,json,ts,mjs,cff}', '{src,tests,content,public}/**/*', '.ci/*', '.github/**/*')
    .filter((file) => !/\.(?:woff2|png|jpg|ico|avif|webp)$/.test(file))
    .filter((file) => !file.startsWith('content/evidence/') && file !== 'package-lock.json')
    .filter((file) => file !== 'tests/sources.test.ts' && file !== 'tests/pages.site.test.ts');
  const wrong = own.flatMap((file) =>
    FORBIDDEN.filter(([, pattern]) => pattern.test(text(file))).map(([what]) => `${file}: ${what}`),
  );
  assert.deepEqual(wrong, []);
});

test('the lock file names the public registry and no other', () => {
  const hosts = [...text('package-lock.json').matchAll(/"resolved": "https?:\/\/([^/"]+)/g)].map((match) => match[1]);
  assert.deepEqual(
    [...new Set(hosts)].filter((host) => host !== 'registry.npmjs.org'),
    [],
  );
});

test('every dependency is pinned to one version', () => {
  const manifest = JSON.parse(text('package.json')) as Record<string, Record<string, string> | undefined>;
  const loose = ['dependencies', 'devDependencies']
    .flatMap((kind) => Object.entries(manifest[kind] ?? {}))
    .filter(([, version]) => !/^\d+\.\d+\.\d+$/.test(version));
  assert.deepEqual(loose, []);
});

test('no file of an experiment is left', () => {
  assert.deepEqual(files('**/*.{tmp,bak,orig,rej}', '**/*.tmp.*', '**/{scratch,debug}.*'), []);
});
