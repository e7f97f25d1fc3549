/** A project with mistakes in it: each fails with file, line, expected and found; a blessed one passes. */
import assert from 'node:assert/strict';
import { mkdirSync, mkdtempSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { dirname, join } from 'node:path';
import { after, before, test } from 'node:test';
import { bake } from './bake.ts';
import { type Engine, engine, ROOT } from './bundle.ts';
import { check, written } from './check.ts';

let made: Engine;
let root: string;

before(async () => {
  made = await engine();
  // Inside of the project, so that 'unmapped' is found as it is by snippets.
  mkdirSync(join(ROOT, '.cache'), { recursive: true });
  root = mkdtempSync(join(ROOT, '.cache/check-'));
});
after(() => rmSync(root, { recursive: true, force: true }));

function project(files: Readonly<Record<string, string>>): void {
  rmSync(root, { recursive: true, force: true });
  for (const [path, text] of Object.entries(files)) {
    mkdirSync(dirname(join(root, path)), { recursive: true });
    writeFileSync(join(root, path), text);
  }
}

async function problems(files: Readonly<Record<string, string>>): Promise<string[]> {
  project(files);
  return (await check(root, made)).problems.map(written);
}

const PAGE = { 'content/docs/x.mdx': '<Snippet id="t/a" />\n' };
const A = 'content/snippets/t/a.ts';
const BREAKS = 'content/snippets/t/a.breaks.json';
const GOOD = "/** One page. */\nimport { PAGE } from 'unmapped';\n\nPAGE; // → 4096\n";

function breaks(over: object): string {
  const one = { id: 'twice', label: 'double it', edits: [{ find: 'PAGE;', with: 'PAGE * 2;' }], says: 'It doubles.' };
  return JSON.stringify([{ ...one, outcome: ['4 → 8192'], ...over }], null, 2);
}

test('an honest project has no problem', async () => {
  assert.deepEqual(await problems({ ...PAGE, [A]: GOOD, [BREAKS]: breaks({}) }), []);
});

test('a lying arrow fails with file, line, expected and found', async () => {
  assert.deepEqual(await problems({ ...PAGE, [A]: GOOD.replace('4096', '4097') }), [
    `${A}:4: expected → 4097\n  found    → 4096`,
  ]);
});

test('a type error fails with file and line, and so does what plain Node cannot run', async () => {
  assert.deepEqual(await problems({ ...PAGE, [A]: `${GOOD}const text: string = PAGE;\n` }), [
    `${A}:5: Type 'number' is not assignable to type 'string'.`,
  ]);
  assert.deepEqual(await problems({ ...PAGE, [A]: `${GOOD}fetch;\n` }), [
    `${A}:5: Error: fetch is not available in a snippet: a snippet reaches nothing outside of itself.`,
    `${A}:5: Cannot find name 'fetch'.`,
  ]);
  const [first] = await problems({ ...PAGE, [A]: `${GOOD}enum E { a }\n` });
  assert.match(first ?? '', /does not exit 0: .*enum is not supported/);
});

test('a missing and an unused snippet fail', async () => {
  assert.deepEqual(await problems({ 'content/docs/x.mdx': '\n<Snippet id="t/b" />', [A]: GOOD }), [
    'content/docs/x.mdx:2: There is no snippet ‘t/b’ (content/snippets/t/b.ts).',
    `${A}:1: No page uses the snippet ‘t/a’.`,
  ]);
});

test('a snippet needs a title and an arrow, and has to end by itself', async () => {
  const bare = "import { PAGE } from 'unmapped';\nPAGE;\n";
  assert.deepEqual(
    (await problems({ ...PAGE, [A]: bare })).map((one) => one.slice(0, 60)),
    [`${A}:1: A snippet begins with a doc comme`, `${A}:1: This snippet has no arrow: nothin`],
  );
  const [thrown] = await problems({ ...PAGE, [A]: '/** T. */\n1; // → 1\n\nnull!;\nthrow new Error("no");\n' });
  assert.match(thrown ?? '', /a\.ts:1: node .* does not exit 0: Error: no/);
});

test('a break that does not fit, breaks nothing or lies fails', async () => {
  const one = async (over: object): Promise<string> =>
    (await problems({ ...PAGE, [A]: GOOD, [BREAKS]: breaks(over) })).join('\n');
  assert.match(
    await one({ outcome: ['4 → 1'] }),
    /breaks\.json:3: The outcome of the break ‘twice’ lies\.\n {2}expected \["4 → 1"\]\n {2}found {4}\["4 → 8192"\]/,
  );
  assert.match(
    await one({ edits: [{ find: 'nowhere', with: '' }] }),
    /‘twice’ does not fit: ‘nowhere’ is not in the snippet/,
  );
  assert.match(await one({ edits: [{ find: 'PAGE; ', with: 'PAGE;  ' }] }), /‘twice’ breaks nothing/);
  assert.match(await one({ label: '' }), /‘twice’ has no label/);
  assert.match((await problems({ ...PAGE, [A]: GOOD, [BREAKS]: '[' })).join(), /This is not JSON/);
  assert.match(
    (await problems({ ...PAGE, [A]: GOOD, 'content/snippets/t/b.breaks.json': '[]' })).join(),
    /belong to no snippet/,
  );
});

test('a second bake runs nothing anew; a change of the snippet runs it', async () => {
  project({ ...PAGE, [A]: GOOD });
  const first = await bake(root, made);
  const second = await bake(root, made);
  assert.deepEqual([first.ran, second.ran], [1, 0]);
  assert.equal(JSON.stringify(first.baked), JSON.stringify(second.baked));
  writeFileSync(join(root, A), `${GOOD}\nPAGE; // → 4096\n`);
  assert.equal((await bake(root, made)).ran, 1);
  assert.ok(readFileSync(join(root, '.cache/snippets/t/a.json'), 'utf8').length > 0);
});

test('parts have a begin and an end', async () => {
  const parted = (begin: string, end: string): string => `${GOOD}${begin}\nPAGE; // → 4096\n${end}\n`;
  const page = { 'content/docs/x.mdx': '<Snippet id="t/a" part="p" />\n' };
  assert.deepEqual(await problems({ ...page, [A]: parted('// part: p', '// end: p') }), []);
  assert.match((await problems({ ...page, [A]: parted('// part: p', '') })).join(), /a\.ts:5: The part ‘p’ has no end/);
  assert.match(
    (await problems({ ...page, [A]: parted('', '// end: p') })).join(),
    /a\.ts:7: The part ‘p’ ends here but does not begin/,
  );
});

test('a scenario is asked of every generation, and its table may not lie', async () => {
  const files = {
    'content/records/generations.json': JSON.stringify([{ id: 'one' }, { id: 'two' }]),
    'content/snippets/scenarios/s.ts':
      "/** S. */\nimport { Errno } from 'unmapped';\nexport default function scenario(g: { id: string }) {\n  return { id: g.id, refused: new Errno('EPERM', 'No.') };\n}\n",
  };
  const column = (id: string) => ({
    answers: [
      { name: 'id', text: `'${id}'` },
      { name: 'refused', text: '-EPERM', why: 'No.' },
    ],
    owners: [],
  });
  const table = JSON.stringify({ s: { one: column('one'), two: column('two') } });
  assert.deepEqual(await problems({ ...files, 'content/records/scenarios.json': table }), []);
  const lying = await problems({ ...files, 'content/records/scenarios.json': table.replace("'two'", "'2'") });
  assert.match(
    lying.join(),
    /s\.ts:1: content\/records\/scenarios\.json lies about two\.\n {2}expected id → '2'; refused → -EPERM\n {2}found {4}id → 'two'/,
  );
});
