/** Imports run one way, through the rooms of the house; the models import nothing from outside. */
import assert from 'node:assert/strict';
import { existsSync } from 'node:fs';
import { dirname, join, normalize } from 'node:path';
import { test } from 'node:test';
import ts from 'typescript';
import { ROOT } from './suite.ts';
import { files, script } from './tree.ts';

const MODEL = ['base', 'machine', 'linux', 'kvm', 'sev', 'tdx', 'proposals', 'hardware', 'model'];

/** Each room and the rooms it may import from, itself always among them. A room that is not listed fails the test. */
const MAY_IMPORT: Record<string, readonly string[]> = {
  base: [],
  machine: ['base'],
  linux: ['base', 'machine'],
  kvm: ['base', 'machine', 'linux'],
  sev: ['base', 'machine', 'linux', 'kvm'],
  tdx: ['base', 'machine', 'linux', 'kvm'],
  // A series that touched one vendor's part of KVM stands on that vendor's model.
  proposals: ['base', 'machine', 'linux', 'kvm', 'sev'],
  // One guest on each kind of machine: what the comparison by hardware runs.
  hardware: ['base', 'machine', 'linux', 'kvm', 'sev', 'tdx'],
  model: MODEL,
  schedule: [],
  measurement: MODEL,
  snippet: [...MODEL, 'schedule'],
  evidence: [...MODEL, 'measurement'],
  pictures: [...MODEL, 'snippet'],
  citation: [],
  server: ['citation'],
  shiki: [],
  build: [...MODEL, 'shiki', 'snippet', 'evidence', 'pictures', 'citation', 'server', 'client'],
  client: ['base', 'sev', 'tdx', 'measurement', 'snippet', 'pictures', 'citation'],
  components: [
    ...MODEL,
    'measurement',
    'shiki',
    'snippet',
    'evidence',
    'pictures',
    'citation',
    'client',
    'build',
    'styles',
  ],
  layouts: ['components', 'citation', 'client', 'build', 'styles'],
  pages: [
    ...MODEL,
    'measurement',
    'snippet',
    'evidence',
    'pictures',
    'citation',
    'components',
    'layouts',
    'build',
    'client',
    'styles',
  ],
};

/** Libraries that `src/model` and `src/schedule` may use: well kept and without dependencies of their own. */
const MODEL_LIBRARIES: readonly string[] = ['@noble/hashes/sha2.js'];

/** The room of a file below src. */
function room(file: string): string {
  const [, first = '', second = '', third] = file.split('/');
  if (first === 'content.config.ts') return 'pages';
  if (first !== 'model') return first;
  if (third !== undefined) return second;
  return second === 'index.ts' ? 'model' : 'base';
}

interface Import {
  readonly from: string;
  readonly specifier: string;
}

function imports(from: string): Import[] {
  return ts.preProcessFile(script(from), true, true).importedFiles.map(({ fileName }) => ({
    from,
    specifier: fileName,
  }));
}

const sources = files('src/**/*.{ts,astro}').filter((file) => !file.endsWith('.test.ts') && !file.endsWith('.d.ts'));
const all = sources.flatMap(imports);
const local = all.filter(({ specifier }) => specifier.startsWith('.'));

function target({ from, specifier }: Import): string {
  return normalize(join(dirname(from), specifier.replace(/\?.*$/, '')));
}

test('every room is known', () => {
  const rooms = new Set(sources.map(room));
  assert.deepEqual(
    [...rooms].filter((name) => !(name in MAY_IMPORT)),
    [],
  );
});

test('imports run one way', () => {
  const wrong = local.flatMap((found) => {
    const to = target(found);
    if (!to.startsWith('src/')) return [];
    const [here, there] = [room(found.from), room(to)];
    if (here === there || MAY_IMPORT[here]?.includes(there)) return [];
    return [`${found.from} (${here}) imports ${found.specifier} (${there})`];
  });
  assert.deepEqual(wrong, []);
});

test('relative imports name a file that exists, with its ending', () => {
  const wrong = local
    .filter((found) => !existsSync(join(ROOT, target(found))) || !/\.[a-z0-9]+(\?.*)?$/.test(found.specifier))
    .map(({ from, specifier }) => `${from}: ${specifier}`);
  assert.deepEqual(wrong, []);
});

test('models and schedules import nothing from outside', () => {
  const wrong = all
    .filter(({ from }) => from.startsWith('src/model/') || from.startsWith('src/schedule/'))
    .filter((found) => {
      const { from, specifier } = found;
      if (!specifier.startsWith('.')) return !MODEL_LIBRARIES.includes(specifier);
      const own = from.startsWith('src/model/') ? 'src/model/' : 'src/schedule/';
      return !target(found).startsWith(own);
    })
    .map(({ from, specifier }) => `${from}: ${specifier}`);
  assert.deepEqual(wrong, []);
});

test('models use no clock and no chance', () => {
  const wrong = files('src/model/**/*.ts', 'src/schedule/**/*.ts')
    .filter((file) => !file.endsWith('.test.ts'))
    .filter((file) => /\b(Math\.random|Date\.now|new Date\(|performance\.now|setTimeout|crypto\.)/.test(script(file)));
  assert.deepEqual(wrong, []);
});
