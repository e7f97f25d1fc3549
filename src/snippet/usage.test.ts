import assert from 'node:assert/strict';
import { test } from 'node:test';
import type { SnippetSource } from './files.ts';
import { mentions, misuse } from './usage.ts';

const page = 'content/docs/history/x.mdx';

function snippet(id: string, parts: SnippetSource['parts'] = []): SnippetSource {
  return {
    id,
    file: `content/snippets/${id}.ts`,
    title: '',
    source: '',
    parts,
    breaksFile: `content/snippets/${id}.breaks.json`,
    breaksText: '',
    breaks: [],
  };
}

test('pages name snippets in three components, over several lines, in either quotes', () => {
  const text = `# Title

<Snippet id="a/b" />
<Snippet
  id='a/c'
  part="seal"
/>
Text <Claim id="001-14" from="msg:x" snippet="a/d">a > b</Claim> and <Stepper snippet={'a/e'} />
<Claim id="001-15" from="msg:x">none</Claim>`;
  assert.deepEqual(mentions(page, text), [
    { file: page, line: 3, id: 'a/b' },
    { file: page, line: 4, id: 'a/c', part: 'seal' },
    { file: page, line: 8, id: 'a/d' },
    { file: page, line: 8, id: 'a/e' },
  ]);
});

test('code in a page is shown, not used', () => {
  assert.deepEqual(mentions(page, 'Write `<Snippet id="a/b" />` so:\n\n```mdx\n<Snippet id="a/c" />\n```\n'), []);
});

test('missing and unused snippets and parts are found, with their places', () => {
  const snippets = [snippet('a/b', [{ name: 'seal', first: 4, last: 6 }]), snippet('a/c')];
  const found = misuse(snippets, [
    { file: page, line: 3, id: 'a/b' },
    { file: page, line: 5, id: 'a/x' },
    { file: page, line: 7, id: 'a/b', part: 'no' },
  ]);
  assert.deepEqual(
    found.map(({ file, line, message }) => `${file}:${line}: ${message}`),
    [
      `${page}:5: There is no snippet ‘a/x’ (content/snippets/a/x.ts).`,
      `${page}:7: The snippet ‘a/b’ has no part ‘no’.`,
      'content/snippets/a/b.ts:3: No page uses the part ‘seal’.',
      'content/snippets/a/c.ts:1: No page uses the snippet ‘a/c’.',
    ],
  );
});
