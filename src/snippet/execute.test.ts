// biome-ignore-all lint/suspicious/noTemplateCurlyInString: the texts are code
import assert from 'node:assert/strict';
import { test } from 'node:test';
import { LIMITS } from './limits.ts';
import { run, said } from './run.helper.ts';

test('a run says what its lines touched and why a call was refused', async () => {
  const result = await run(`import { F_ADD_SEALS, F_SEAL_WRITE, Host, linux, MFD_ALLOW_SEALING, PAGE } from 'unmapped';
const host = new Host(linux('6.18.44'));
const qemu = host.process('qemu');
const fd = qemu.memfd_create('guest-ram', MFD_ALLOW_SEALING);
qemu.ftruncate(fd, 2 * PAGE);
qemu.pwrite(fd, 'x', 0);
qemu.fcntl(fd, F_ADD_SEALS, F_SEAL_WRITE);
qemu.pwrite(fd, 'y', 0);
host.picture('sealed');
`);
  assert.equal(result.state, 'done');
  const [sized, wrote, , refused] = result.lines;
  assert.deepEqual(sized?.owners, [{ object: 'guest-ram', first: 0, runs: [['·', 2]] }]);
  assert.deepEqual(wrote?.owners[0]?.runs, [
    ['H', 1],
    ['·', 1],
  ]);
  assert.equal(refused?.text, '-EPERM');
  assert.match(refused?.why ?? '', /F_SEAL_WRITE/);
  assert.deepEqual(
    result.pictures.map(({ line, picture }) => [line, picture.title]),
    [[9, 'sealed']],
  );
  assert.equal(result.lines.length, 4, 'a picture is drawn, not told');
});

test('two runs of one snippet are equal byte for byte', async () => {
  const source = 'for (let i = 0; i < 20; i++) console.log(i, { i });\nawait 1;\n[3, 1, 2].sort((a, b) => a - b);';
  assert.equal(JSON.stringify(await run(source)), JSON.stringify(await run(source)));
});

test('the console is kept with its lines', async () => {
  const { console: lines } = await run("console.log('a', 1, [2]);\n\nconsole.error('b\\nc');");
  assert.deepEqual(lines, [
    { line: 1, text: 'a 1 [2]' },
    { line: 3, text: 'b' },
    { line: 3, text: 'c' },
  ]);
});

test('an unknown import is named, with what there is', async () => {
  const name = await run("import { PAGEE } from 'unmapped';");
  assert.match(name.error?.message ?? '', /^'unmapped' has no PAGEE\. Did you mean PAGE\b/);
  assert.deepEqual([name.error?.kind, name.error?.line], ['import', 1]);
  const specifier = await run("\nimport fs from 'node:fs';");
  assert.equal(specifier.error?.line, 2);
  assert.match(
    specifier.error?.message ?? '',
    /^There is no 'node:fs' to import from\. A snippet imports from 'unmapped'/,
  );
});

const ENDLESS = [
  'while (true) {}',
  'for (;;);',
  'do {} while (true)',
  'for (;;) { try { while (true) {} } catch {} finally { while (true) {} } }',
  'function f() { try { f(); } catch { f(); } }\nf();',
  'const again = () => Promise.resolve().then(again);\nagain();',
  'async function f() { for (;;) await null; }\nawait f();',
  'function* g() { for (;;) yield 1; }\nfor (const x of g()) x;',
  '({ show() { for (;;) {} } });',
  '({ get a() { for (;;) {} } });',
];

for (const source of ENDLESS) {
  test(`the step limit stops: ${source.split('\n')[0]}`, async () => {
    const { state, steps, error } = await run(source);
    assert.deepEqual([state, steps, error?.kind], ['stopped', LIMITS.steps, 'steps']);
    assert.match(error?.message ?? '', /^Stopped after 100,000 steps/);
  });
}

test('a recursion without end is a RangeError with a sentence and a line', async () => {
  const { state, error } = await run('function f() {\n  return f() + 1;\n}\nf();');
  assert.deepEqual([state, error?.name, error?.line], ['failed', 'RangeError', 2]);
  assert.match(error?.message ?? '', /800 calls inside one another: a recursion here does not end/);
});

test('too much output stops the run and keeps what came first', async () => {
  const many = await run('for (;;) console.log(1);');
  assert.deepEqual([many.error?.kind, many.console.length], ['output', LIMITS.lines]);
  const long = await run("for (;;) console.log('x'.repeat(1e4));");
  assert.equal(long.error?.kind, 'output');
  assert.ok(JSON.stringify(long).length < LIMITS.characters + 10_000);
  const inOne = await run("console.log('\\n'.repeat(1e6));");
  assert.equal(inOne.error?.kind, 'output');
});

test('memory asked for by the million is counted', async () => {
  for (const source of [
    'const a = []; for (;;) a.push(new Uint8Array(1e7));',
    'let a = [1]; for (;;) a = [...a, ...a];',
    'let a = [1]; for (;;) a = a.concat(a);',
    "let s = 'ab'; for (;;) s += s;",
    'let s = "ab"; for (;;) s = `${s}${s}`;',
    "'x'.repeat(2 ** 29);",
    'new Array(1e9).fill(0);',
    'Array.from({ length: 1e9 });',
  ]) {
    assert.equal((await run(source)).error?.kind, 'memory', source);
  }
});

test('an await that never ends is stopped at once, with its line', async () => {
  const { state, error } = await run('1;\nawait new Promise(() => {});');
  assert.deepEqual([state, error?.kind, error?.line], ['stopped', 'await', 2]);
});

test('what runs after the last await is still heard', async () => {
  const { state, console: lines } = await run("async function main() { await null; console.log('later'); }\nmain();");
  assert.deepEqual([state, lines], ['done', [{ line: 1, text: 'later' }]]);
});

test('a promise that nobody waits for and that is rejected fails the run', async () => {
  const { state, error } = await run("async function main() {\n  throw new Error('lost');\n}\nmain();");
  assert.deepEqual([state, error?.message, error?.line], ['failed', 'Error: lost.', 2]);
});

test('an exception is told with its name, message and line', async () => {
  const { state, error } = await run(
    "const a = 1;\nfunction f() {\n  throw new TypeError('no');\n}\n[1].map(\n  () => f(),\n);",
  );
  assert.equal(state, 'failed');
  assert.deepEqual(error, { kind: 'throw', name: 'TypeError', message: 'TypeError: no.', line: 3 });
  assert.equal((await run('throw 3;')).error?.message, 'The snippet threw 3.');
});

const HOSTILE: readonly (readonly [string, RegExp])[] = [
  ["({ get a() { throw new Error('x'); } });", /cannot be shown: reading it throws Error/],
  ['new Proxy({}, { ownKeys() { throw 1; } });', /cannot be shown/],
  ["({ show() { return { toString() { throw new Error('x'); } }; } });", /cannot be shown/],
  ['({ get [Symbol.toStringTag]() { throw 1; }, a: 1 });', /a: 1/],
  ['Object.create(null);', /^\{\}$/],
  ['const a = {}; a.a = a;', /again/],
  ['(function f() {});', /^function$/],
  ["({ show: 'x' });", /show: 'x'/],
];

for (const [source, text] of HOSTILE) {
  test(`a hostile value does not break capture: ${source}`, async () => {
    const { state, lines } = await run(source);
    assert.equal(state, 'done');
    assert.match(lines[0]?.text ?? '', text);
  });
}

test('thrown things may be hostile too', async () => {
  const { state, error } = await run(
    'throw { get name() { throw 1; }, get constructor() { throw 2; }, show() { throw 3; } };',
  );
  assert.deepEqual([state, error?.kind], ['failed', 'throw']);
});

test('a snippet that breaks the language is told so, and the next one runs', async () => {
  for (const source of [
    'Array.prototype[Symbol.iterator] = null;\nArray.prototype.push = () => { throw 1; };\n1;',
    'Map.prototype.set = null;\nMap.prototype.get = null;\n1;',
    "JSON.stringify = () => 'forged';\nString.prototype.slice = null;\n1;",
    'Promise.prototype.then = null;\n1;',
    "Object.defineProperty(Object.prototype, 'line', { set() {}, get() { return 1; } });\n1;",
  ]) {
    const { state } = await run(source);
    assert.match(state, /^(done|failed)$/, source);
  }
  assert.deepEqual(await said('1;'), [[1, '1']]);
});

test('what depends on chance, a clock, a locale or the outside is refused by name', async () => {
  for (const [source, name] of [
    ['Math.random();', 'Math.random'],
    ['new Date();', 'Date'],
    ['performance.now();', 'performance'],
    ['crypto.randomUUID();', 'crypto'],
    ['setTimeout(() => 1, 1);', 'setTimeout'],
    ["fetch('/');", 'fetch'],
    ["new Worker('x');", 'Worker'],
    ['postMessage(1);', 'postMessage'],
    ["importScripts('x');", 'importScripts'],
    ["eval('1');", 'eval'],
    ["Function('1');", 'Function'],
    ["(async () => 1).constructor('1');", 'Function'],
    ["'a'.localeCompare('b');", 'localeCompare'],
    ['(1e6).toLocaleString();', 'toLocaleString'],
    ['process.exit();', 'process'],
    ["require('fs');", 'require'],
    ['new WebAssembly.Memory({ initial: 1 });', 'WebAssembly'],
    ['new WeakRef({});', 'WeakRef'],
  ] as const) {
    const { error } = await run(source);
    assert.ok(
      error?.message.startsWith(`Error: ${name} is not available in a snippet: `),
      `${source} ${error?.message}`,
    );
    assert.equal(error?.line, 1);
  }
});

test('nothing but the language is left on the global object', async () => {
  const { console: lines } = await run(`const left = Reflect.ownKeys(globalThis).filter((key) => {
  try { return typeof key === 'string' && /^[a-z]/.test(key) && globalThis[key] !== undefined; } catch { return false; }
});
console.log(left.sort().join(' '));`);
  const kept =
    'console decodeURI decodeURIComponent encodeURI encodeURIComponent globalThis isFinite isNaN parseFloat parseInt';
  assert.equal(lines[0]?.text, kept);
});

test('text is encoded and decoded as UTF-8', async () => {
  const source = "const b = new TextEncoder().encode('hé→😀'); // →\nb.length;\nnew TextDecoder().decode(b);";
  assert.deepEqual((await said(source)).slice(1), [
    [2, '10'],
    [3, "'hé→😀'"],
  ]);
});

test('the language runs as it does without the engine', async () => {
  const cases: readonly (readonly [string, string])[] = [
    ['const t = (s, ...v) => s.raw.length + v.length;\nt`a${1 + 2}b`; // 3', '3'],
    ["let x = 'a' + 1;\nx += `b${x}`;", "'a1ba1'"],
    ['const { a = 1, ...r } = { b: 2 };\nr;', '{ b: 2 }'],
    ['label: for (const a of [1, 2]) for (const b of [1, 2]) {\n  if (b === 2) continue label; a * b; }', '1, 2 (×2)'],
    ['const o = { m() { return this?.v; }, v: 3 };\no.m();', '3'],
    ['class A { #x = 1; static s = 2; get x() { return this.#x + 1; } static { A.s += 1; } }\nnew A().x + A.s;', '5'],
    [
      'class A { constructor() { this.n = new.target.name; } } class B extends A { constructor() { super(); } }\nnew B().n;',
      "'B'",
    ],
    ['let i = 0;\ndo i++; while (i < 3)', '0, 1, 2 (×3)'],
    ['const f = () => {};\nf.name;', "'f'"],
    ['const a = (x) => (y) => ({ x, y });\na(1)(2);', '{ x: 1, y: 2 }'],
    ['async function* g() { yield 1; yield await Promise.resolve(2); }\nfor await (const x of g()) x;', '1, 2 (×2)'],
    ['const a = [5, undefined, 3];\na.sort((x, y) => x - y);', '[3, 5, undefined]'],
    ['function f() { return g(); } function g() { return 4; }\nf();', '4'],
    ['const f = function inner(n) { return n ? inner(n - 1) : 7; };\nf(3);', '7'],
    ['try { throw { a: 1 }; } catch ({ a }) {\n  a; }', '1'],
    ['const n = new Uint8Array([1, 2]);\n[n instanceof Uint8Array, n.constructor === Uint8Array];', '[true, true]'],
  ];
  for (const [source, text] of cases) assert.deepEqual(await said(source).then((all) => all.at(-1)?.[1]), text, source);
});
