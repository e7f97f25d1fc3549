import assert from 'node:assert/strict';
import { test } from 'node:test';
import { decode, tags } from './tags.ts';

test('tags come with their attributes, comments and script text do not count as tags', () => {
  const html =
    '<!-- <b> --><a href="/x?a=1&amp;b=2" data-n>x</a><script>if (a<b) "</b>"</script><img alt="" src=\'y\'/>';
  const found = [...tags(html)];
  assert.deepEqual(
    found.map((tag) => tag.name),
    ['a', 'script', 'img'],
  );
  assert.equal(found[0]?.attributes.get('href'), '/x?a=1&b=2');
  assert.equal(found[0]?.attributes.get('data-n'), '');
  assert.equal(found[1]?.text, 'if (a<b) "</b>"');
  assert.equal(found[2]?.attributes.get('alt'), '');
});

test('character references are resolved', () => {
  assert.equal(decode('&#39;&#x2192;&quot;&unknown;'), '\'→"&unknown;');
});
