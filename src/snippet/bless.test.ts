import assert from 'node:assert/strict';
import { test } from 'node:test';
import { compare } from './arrows.ts';
import { blessedBreaks, blessedSource } from './bless.ts';
import { compiled, run } from './run.helper.ts';

async function blessed(source: string): Promise<string> {
  return blessedSource(source, { compiled: compiled(source), result: await run(source) });
}

test('arrows are rewritten where they stand; nothing else changes', async () => {
  assert.equal(
    await blessed('1 + 1; // → 3\nconst a = 4; // → ?\n\na;  //→ 5\n'),
    '1 + 1; // → 2\nconst a = 4; // → 4\n\na;  //→ 4\n',
  );
  assert.equal(await blessed('Math.max(\n  1,\n);\n// → ?'), 'Math.max(\n  1,\n);\n// → 1');
  assert.equal(await blessed("const s = '// → x'; // → ?"), "const s = '// → x'; // → '// → x'");
});

test('an arrow that is empty is filled, one without a value stays', async () => {
  assert.equal(await blessed('1; // →'), '1; // → 1');
  assert.equal(await blessed('if (false) 1; // → ?\nlet x; // → ?'), 'if (false) 1; // → ?\nlet x; // → ?');
});

test('a blessed source has no arrow that lies', async () => {
  const source = await blessed("for (const x of [1, 2]) x; // →\ntry {\n  null.x; // →\n} catch {}\n[1, '→ 2']; // →");
  assert.deepEqual(compare(compiled(source).arrows, await run(source)), []);
});

test('outcomes of breaks are rewritten; a break that does not fit stays', async () => {
  const one = { id: 'b', label: 'b', edits: [], says: 'b', outcome: ['old'] };
  const source = '2; // → 1';
  const ran = { ...one, source, compiled: compiled(source), result: await run(source) };
  assert.deepEqual(blessedBreaks([one], [ran])[0]?.outcome, ['1 → 2']);
  assert.deepEqual(blessedBreaks([one], [{ ...ran, compiled: { id: '', code: '', arrows: [] } }]), [one]);
});
