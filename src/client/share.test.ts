/** Links that carry an edit: what goes in comes out, and what a stranger made up comes out as a sentence. */
import assert from 'node:assert/strict';
import { test } from 'node:test';
import { MOST_TEXT, pack, unpack } from './share.ts';

test('what goes in comes out', async () => {
  for (const text of ['', 'a', "const x = 'grüße, 内存 🔒';\n".repeat(40)]) {
    const fragment = await pack('s-memfd-a', text);
    assert.match(fragment, /^#edit=s-memfd-a&z=[\w-]+$/);
    assert.deepEqual(await unpack(fragment), { figure: 's-memfd-a', text });
  }
});

test('a text that is too long is refused on both ends', async () => {
  await assert.rejects(pack('s-a', 'x'.repeat(MOST_TEXT + 1)), RangeError);
  const large = (await pack('s-a', 'x'.repeat(MOST_TEXT))).length;
  assert.ok(large < 300, 'a short link may unpack to much');
  const bomb = new Blob(['x'.repeat(5_000_000)]).stream().pipeThrough(new CompressionStream('deflate-raw'));
  const packed = Buffer.from(await new Response(bomb).arrayBuffer()).toString('base64url');
  assert.match(((await unpack(`#edit=s-a&z=${packed}`)) as { problem: string }).problem, /too large/);
});

test('damage is told in a sentence', async () => {
  const good = await pack('s-a', 'text that is long enough to be cut somewhere in the middle');
  const cases = [
    good.slice(0, -7),
    '#edit=s-a',
    '#edit=s-a&z=',
    '#edit=s-a&z=!!',
    '#edit=<b>&z=AAAA',
    '#edit=',
    '#edit=s-a&z=AAAA',
    `${good}=`,
  ];
  for (const fragment of cases) {
    const read = await unpack(fragment);
    assert.ok('problem' in read && read.problem.includes('damaged'), fragment);
  }
  const large = await unpack(`#edit=s-a&z=${'A'.repeat(50_000)}`);
  assert.ok('problem' in large && large.problem.includes('too large') && large.figure === 's-a');
});
