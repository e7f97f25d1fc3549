import assert from 'node:assert/strict';
import { test } from 'node:test';
import { inside, plain, tags } from './html.ts';

test('tags and attributes are read in every quoting', () => {
  const html = `<p id="a > b" hidden class=x data-k='1 "2"'>t</p><!-- <a href="/no"> --><script>"<b id=c>"</script><br/>`;
  assert.deepEqual(
    tags(html).map(({ name, attributes }) => [name, Object.fromEntries(attributes)]),
    [
      ['p', { id: 'a > b', hidden: '', class: 'x', 'data-k': '1 "2"' }],
      ['script', {}],
      ['br', {}],
    ],
  );
});

test('references are resolved once, in text and attributes', () => {
  assert.equal(plain('<p>a &amp;lt; &#x2192;\n<b>b</b></p>'), 'a &lt; → b');
  assert.equal(tags('<a href="/?a=1&amp;b=2">')[0]?.attributes.get('href'), '/?a=1&b=2');
});

test('the inside of an element', () => {
  assert.equal(inside('<body><main id="m"><p>x</p></main></body>', 'main'), '<p>x</p>');
});
