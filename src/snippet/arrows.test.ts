import assert from 'node:assert/strict';
import { test } from 'node:test';
import { compare } from './arrows.ts';
import { compiled, run, said } from './run.helper.ts';

/** Compares the arrows of a source with its run: `[line, expected, found]` of each that lies. */
async function lies(source: string): Promise<[number, string, string][]> {
  return compare(compiled(source).arrows, await run(source)).map(({ line, expected, found }) => [
    line,
    expected,
    found,
  ]);
}

const holds = async (source: string): Promise<void> => assert.deepEqual(await lies(source), []);

test('an arrow speaks of an expression, an initializer, a return, the test of an if', async () => {
  await holds('1 + 1; // → 2');
  await holds('const a = 3; // → 3');
  await holds('const { a } = { a: 1 }; // → { a: 1 }');
  await holds('export const a = 3; // → 3');
  await holds('let a = 1, b = 2; // → 2');
  await holds('function f() {\n  return 4; // → 4\n}\nf();');
  await holds('if (1 > 2) { // → false\n}');
  await holds('let a;\na = 5; // → 5');
});

test('the innermost statement that starts or ends on the line has the arrow', async () => {
  await holds('for (const x of [1, 2]) x; // → 1, 2 (×2)');
  await holds('for (const x of [1, 2]) { x; } // → 1, 2 (×2)');
  await holds('const r = [1, 2].map((x) => {\n  return x + 1;\n}); // → [2, 3]');
  await holds('const r = [\n  1,\n  2,\n]; // → [1, 2]');
  await holds('Math.max(  // → 2\n  1,\n  2,\n);');
  await holds('1; 2; // → 2');
  await holds('if (true) 3; // → 3');
});

test('an arrow on its own line belongs to the last statement that ended above', async () => {
  await holds('Math.max(\n  1,\n  2,\n);\n// → 2');
  await holds('1;\n\n// a note\n// → 1');
  await holds('{\n  5;\n}\n// → 5');
  assert.deepEqual(await said('7;\n// → 7'), [[2, '7']], 'the result stands where the arrow stands');
});

test('a loop tells all its values and how many they were; of many the first six and the last', async () => {
  await holds('for (const x of [0, 0, -22]) x; // → 0, 0, -22 (×3)');
  await holds('for (let i = 0; i < 1; i++) i; // → 0');
  await holds('for (let i = 0; i < 8; i++) i; // → 0, 1, 2, 3, 4, 5, 6, 7 (×8)');
  await holds('for (let i = 0; i < 500; i++) i; // → 0, 1, 2, 3, 4, 5, …, 499 (×500)');
});

test('a throw is told by its name only, also among the values of a loop', async () => {
  await holds('try {\n  null.x; // → throws TypeError\n} catch {}');
  await holds(
    "class NotRead extends Error { name = 'NotRead'; }\nfunction f() {\n  throw new NotRead('x'); // → throws NotRead\n}\ntry {\n  f(); // → throws NotRead\n} catch {}",
  );
  await holds("for (const x of [1, null]) try { x.toFixed(); } catch {} // → '1', throws TypeError (×2)");
  await holds('class Odd extends Error {}\ntry {\n  throw new Odd(); // → throws Odd\n} catch {}');
  await holds(
    'const f = async () => { throw new RangeError(); };\ntry {\n  await f(); // → throws RangeError\n} catch {}',
  );
});

test('a value is formatted when it was captured, not later', async () => {
  await holds('const a = [1]; // → [1]\na.push(2); // → 2\na; // → [1, 2]');
});

test('an arrow that lies says line, expected and found', async () => {
  assert.deepEqual(await lies('\n2 + 2; // → 5'), [[2, '5', '4']]);
  assert.deepEqual(await lies('1; // → 1 '), [], 'blanks behind the text do not count');
  assert.deepEqual(await lies('1; // → 01'), [[1, '01', '1']]);
});

test('an arrow that belongs to nothing is an error', async () => {
  const nothing = async (source: string): Promise<string> => (await lies(source))[0]?.[2] ?? 'nothing was wrong';
  assert.match(await nothing('// → 3'), /no statement stands on its line or above it/);
  assert.match(
    await nothing('for (const x of [1]) {\n  x;\n} // → 1'),
    /a for…of loop \(lines 1 to 3\), which has no value/,
  );
  assert.match(await nothing('function f() {} // → 1'), /a function .* has no value/);
  assert.match(await nothing('let x; // → 1'), /a declaration without a value/);
  assert.match(await nothing("import { PAGE } from 'unmapped'; // → 1"), /an import/);
  assert.match(await nothing('1; // → 1\n// → 2'), /the arrow of line 1 speaks of/);
});

test('an arrow whose statement did not run says so', async () => {
  assert.deepEqual(await lies('if (false) {\n  1; // → 1\n}'), [[2, '1', 'nothing: this statement did not run']]);
  const [first] = await lies('null.x;\n1; // → 1');
  assert.match(first?.[2] ?? '', /^nothing: the run ended at line 1 \(TypeError/);
});

test('results without an arrow stand where the expression ends; undefined is told only to an arrow', async () => {
  assert.deepEqual(await said('Math.max(\n  1,\n  2,\n);'), [[4, '2']]);
  assert.deepEqual(await said('const a = 1;\nvoid a;\nvoid a; // → undefined'), [[3, 'undefined']]);
  assert.deepEqual(await said("'use strict';\n[1].forEach((x) => { x; });"), [[2, '1']]);
});
