import assert from 'node:assert/strict';
import { test } from 'node:test';
import { mdxToJs } from 'satteri';
import { claims } from './plugin.ts';

/** The compiled page without layout: what stands in what, and in which order. */
function compiled(source: string): string {
  const { code } = mdxToJs(source, { mdastPlugins: [claims], features: { directive: false } });
  return code.replace(/\s+/g, ' ');
}

test('a claim alone on its line is a paragraph, followed by its sources', () => {
  assert.match(
    compiled('<Claim id="a-1">Alone.</Claim>\n'),
    /_jsx\(_components\.p, \{ children: _jsx\(Claim, \{ id: "a-1", children: "Alone\." \}\) \}\), "\\n", _jsx\(ClaimSources, \{ ids: "a-1" \}\)/,
  );
});

test('claims on neighboring lines are one paragraph; an empty line parts them', () => {
  const together = compiled('<Claim id="a-1">One.</Claim>\n<Claim id="a-2">Two.</Claim>\n');
  assert.match(together, /_jsxs\(_components\.p, .*"One\.".*"Two\.".*_jsx\(ClaimSources, \{ ids: "a-1 a-2" \}\)/);
  const apart = compiled('<Claim id="a-1">One.</Claim>\n\n<Claim id="a-2">Two.</Claim>\n');
  assert.match(apart, /_jsx\(ClaimSources, \{ ids: "a-1" \}\).*_jsx\(ClaimSources, \{ ids: "a-2" \}\)/);
});

test('lists and quotations carry their sources inside', () => {
  assert.match(
    compiled('- A <Claim id="a-1">one</Claim>.\n'),
    /_components\.li, .*_jsx\(ClaimSources, \{ ids: "a-1" \}\)/,
  );
  assert.match(compiled('> A <Claim id="a-1">one</Claim>.\n'), /_components\.blockquote, .*_jsx\(ClaimSources/);
});

test('a page without claims is left alone', () => {
  assert.doesNotMatch(compiled('A <Term id="x">word</Term>.\n\n<Snippet id="a/b" />\n'), /ClaimSources/);
});
