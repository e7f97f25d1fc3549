import assert from 'node:assert/strict';
import { test } from 'node:test';
import { compile } from './compile.ts';
import type { Compiled, RunError } from './types.ts';

function good(source: string): Compiled {
  const compiled = compile('test/snippet', source);
  assert.ok('code' in compiled, JSON.stringify(compiled));
  return compiled;
}

function bad(source: string): RunError {
  const compiled = compile('test/snippet', source);
  assert.ok(!('code' in compiled), 'this should not compile');
  return compiled;
}

test('lines survive, whatever types stand in between', () => {
  const source = `import {
  type A,
  B,
} from 'unmapped';
interface X {
  a: number;
}
type Y = {
  b: 1;
};
const mark: number = (1 as number)!;
function f<T>(
  this: X,
  a: T,
): asserts a is T {
  mark;
}
abstract class C<T> implements X {
  declare a: number;
  abstract m(): void;
  readonly z = 1;
}
const last = { a: 1 } satisfies X;`;
  const { code } = good(source);
  const lines = code.split('\n');
  assert.equal(lines.length, source.split('\n').length + 1);
  for (const [mark, line] of [
    ['const mark', 11],
    ['function f', 12],
    ['class C', 18],
    ['const last', 23],
  ] as const) {
    assert.match(lines[line - 1] ?? '', new RegExp(mark));
  }
});

test('imports become destructuring from the library, with their lines', () => {
  const { code } = good(
    `import { type T, a, b as c } from 'unmapped';\nimport * as p from 'unmapped/proposals/x';\nimport type { Q } from 'y';`,
  );
  assert.match(code, /const \{"a":a,"b":c\}=\$\$u\.import\("unmapped",\["a","b"\],1\);/);
  assert.match(code, /const p=\$\$u\.import\("unmapped\/proposals\/x",\[\],2\);/);
  assert.doesNotMatch(code, /"T"|"y"/);
});

test('an import used only as a type stays, as Node has it', () => {
  assert.match(good("import { A } from 'unmapped';\nlet x: A;").code, /\$\$u\.import\("unmapped",\["A"\],1\)/);
});

test('what does not parse is said with its line, in a sentence', () => {
  const cases: readonly (readonly [string, number, RegExp])[] = [
    ['let x = 1;\nconst a: = 3;', 2, /^‘=’ cannot stand here\.$/],
    ['foo(\n', 2, /^The code ends here before it is complete\.$/],
    ['const a = 1;\nconst a = 2;', 2, /^Identifier 'a' has already been declared\.$/],
    ['a b', 1, /^‘b’ cannot stand here; ‘;’ was expected\.$/],
    ["1;\n2;\nconst s = 'abc", 3, /^Unterminated string constant\.$/],
    ['\nreturn 3', 2, /^'return' outside of function\.$/],
    ['let $$u = 1', 1, /^Names that begin with \$\$ belong to the engine\.$/],
    ['\nimport.meta.url', 2, /^import\.meta is not available in a snippet\.$/],
  ];
  for (const [source, line, message] of cases) {
    const error = bad(source);
    assert.equal(error.kind, 'syntax', source);
    assert.equal(error.line, line, source);
    assert.match(error.message, message, source);
  }
});

test('import() is refused by name', () => {
  const error = bad('1;\nawait import("x");');
  assert.deepEqual([error.kind, error.line], ['import', 2]);
});

test('a text that is nested too deeply gives a sentence, not a crash', () => {
  const error = bad(`${'['.repeat(50_000)}${']'.repeat(50_000)}`);
  assert.equal(error.kind, 'syntax');
});

test('compiling has no state: twice gives the same', () => {
  const source = 'for (const x of [1, 2]) x; // → 1, 2 (×2)\nconst f = async () => { await 1; };';
  assert.deepEqual(good(source), good(source));
});

test('only comments are arrows', () => {
  const { arrows } = good(
    "const a = '// → 1'; // → '// → 1'\nconst b = `\n// → 2\n`;\n/* → 3 */ b; // a note → 4\nb; //→ 5",
  );
  assert.deepEqual(
    arrows.map(({ line, text }) => [line, text]),
    [
      [1, "'// → 1'"],
      [6, '5'],
    ],
  );
});
