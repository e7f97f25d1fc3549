import assert from 'node:assert/strict';
import { test } from 'node:test';
import { mdxToJs } from 'satteri';
import { findForbidden } from './forbidden.ts';
import { headingIds, slug } from './heading-ids.ts';
import { links } from './links.ts';
import { tableAlignment } from './table-alignment.ts';

const compile = async (source: string): Promise<string> =>
  (await mdxToJs(source, { hastPlugins: [headingIds, tableAlignment, links] })).code;

test('slugs keep letters and digits of what is written', () => {
  assert.equal(slug('F_SEAL_GUEST, as posted'), 'f-seal-guest-as-posted');
  assert.equal(slug("The owner's hand"), 'the-owners-hand');
});

test('a heading takes its given id, and the mark does not show', async () => {
  const code = await compile('## A long title [#short]\n');
  assert.match(code, /id: "short"/);
  assert.match(code, /"A long title"/);
});

test('two headings with one id fail with both texts', async () => {
  await assert.rejects(compile('## One\n\n## One\n'), /share the id "one"/);
  await assert.rejects(compile('# Title\n'), /frontmatter/);
});

test('alignment becomes a class and no style stays', async () => {
  const code = await compile('| a | b |\n|:-:|--:|\n| 1 | 2 |\n');
  assert.match(code, /align-center/);
  assert.match(code, /align-right/);
  assert.doesNotMatch(code, /style|align:/);
});

test('directives, footnotes and style attributes are found with their line; code may hold them', () => {
  const found = findForbidden('one\n:::note\nx[^1]\n<p style="a">\n`:::` [ok]\n```\n:::\n[^1]\n```\n');
  assert.deepEqual(
    found.map((line) => line.split(':')[0]),
    ['2', '3', '4'],
  );
});
