import assert from 'node:assert/strict';
import { existsSync, mkdtempSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { test } from 'node:test';
import { writeTextForms } from './build.ts';
import { markdownPage } from './markdown.ts';
import { plainPage } from './plain.ts';
import { readPage } from './read.ts';

function html(body: string): string {
  return `<!doctype html><html><head><title>x</title></head><body><header><nav>menu</nav></header><main>${body}</main><footer>foot</footer></body></html>`;
}

function forms(body: string): { plain: string; markdown: string } {
  const page = readPage(html(`<h1>A seal</h1>${body}`), '/history/seal');
  const [, ...plain] = plainPage(page).split('http://localhost:4321/history/seal\n\n');
  const [, ...markdown] = markdownPage(page).split('<http://localhost:4321/history/seal>\n\n');
  return { plain: plain.join(''), markdown: markdown.join('') };
}

const SOURCES = `<ul class="claim-sources ui"><li data-source-of="001-03"><a class="id" href="/c/001-03">001-03</a>
<span class="who">Chao Peng</span> · <time>2021-11-19</time> · <span class="status posted" title="stated">posted</span>
· <a href="https://lore.kernel.org/all/a@b/" title="Chao Peng, Introduce F_SEAL_GUEST, 2021-11-19">message</a>
· <span class="cited" title="fcntl(2)">fcntl(2)</span> · <a href="#s-x">run</a></li></ul>`;

const CLAIM = `<p>It says that <span class="claim" id="001-03" data-claim="001-03">the <button type="button" class="term"
popovertarget="term-seal">seal</button> is <em>one-way</em><sup class="mark-of"><a href="/c/001-03">001-03</a></sup></span><span
class="note of-claim" data-form="none">Chao Peng</span>, see <a href="/about">About</a> and
<a href="https://example.org/">there</a>.<span class="note">A remark.</span></p>${SOURCES}`;

test('a page: title, address, what is only for the screen left out', () => {
  const page = readPage(
    html(
      '<div class="head"><h1>A seal</h1><p class="meta">posted 2021 · page revised <time>2026-11-20</time> · <a href="x.txt">text</a> · <a href="mailto:x">wrong?</a></p></div><nav>contents</nav><p class="needs-js">Press.</p><p hidden>No.</p><svg><text>drawing</text></svg><p>Text<br>more.</p>',
    ),
    '/history/seal',
  );
  assert.equal(
    plainPage(page),
    'A seal\n======\n\nhttp://localhost:4321/history/seal\n\nposted 2021 · page revised 2026-11-20\n\nText more.\n',
  );
});

test('claims: marked in the text, their sources with addresses at the end; links numbered', () => {
  const { plain, markdown } = forms(CLAIM);
  assert.equal(
    plain,
    `It says that the seal is one-way [001-03], see About [1] and there [2].

  (A remark.)


Claims and their sources
------------------------

[001-03] posted, http://localhost:4321/c/001-03
    Chao Peng, Introduce F_SEAL_GUEST, 2021-11-19
    https://lore.kernel.org/all/a@b/
    fcntl(2)


Links
-----

[1] http://localhost:4321/about
[2] https://example.org/
`,
  );
  assert.equal(
    markdown,
    `It says that the seal is *one-way* [\\[001-03\\]](http://localhost:4321/c/001-03), see [About](http://localhost:4321/about) and [there](https://example.org/).

> A remark.

- [001-03](http://localhost:4321/c/001-03), posted: [Chao Peng, Introduce F\\_SEAL\\_GUEST, 2021-11-19](https://lore.kernel.org/all/a@b/); fcntl(2)
`,
  );
});

const SNIPPET = `<figure class="snippet" data-snippet="seals/empty"><figcaption class="bar"><a class="id">seals/empty</a>
<button>Run</button></figcaption><p class="purpose">Seals an empty file.</p><div class="lines"><details
class="fold"><summary>lines 1–2</summary><div class="line"><span class="n">1</span><code class="c">import</code></div></details>
<div class="line" data-n="3"><span class="n">3</span><span class="gut" role="img"><span title="guest-ram: pages 0–1 host"><b
class="pg h">H</b><b class="pg o">·</b></span></span><code class="c"><i class="t-k">const</i> fd = <i>f</i>();   </code><span
class="r" data-line="3">→ -EBUSY</span><span class="why">The file is not empty.</span></div><div class="line"><span
class="n">10</span><span class="gut"></span><code class="c">}</code></div></div><div class="out"><div><span class="n">9</span><samp>hello</samp></div></div>
<div class="try"><p>Try</p><ul><li><button>map first</button><details><summary>the edit</summary></details><span class="outs"><samp>line 3 → 0</samp></span><span class="says">A mapping exists.</span></li></ul></div></figure>`;

test('a snippet: lines, results, owners, reasons, output, prepared edits', () => {
  const { plain, markdown } = forms(SNIPPET);
  assert.equal(
    plain,
    `--- seals/empty ---
Seals an empty file.

 3  const fd = f();
      → -EBUSY   guest-ram [H·]
        The file is not empty.
10  }

It prints:
  hello

Try: map first
  line 3 → 0
  A mapping exists.
`,
  );
  assert.equal(
    markdown,
    `**\`seals/empty\`**: Seals an empty file.

\`\`\`ts
const fd = f(); // → -EBUSY
//   guest-ram [H·]; The file is not empty.
}
\`\`\`

It prints:

\`\`\`
hello
\`\`\`

- Try **map first**: \`line 3 → 0\`. A mapping exists.
`,
  );
});

test('a stepper: its frames in order, without the drawing', () => {
  const { plain } = forms(
    '<figure class="stepper"><figcaption>The hole</figcaption><button>→</button><ol class="frames"><li><p class="at">1 of 2</p><svg><text>x</text></svg><pre class="frame-text">HH\n··</pre></li><li><p>2 of 2</p></li></ol></figure>',
  );
  assert.equal(plain, 'The hole\n\n    1 of 2\n    HH\n    ··\n\n    2 of 2\n');
});

test('a table that fits stands in columns, a wide one row by row', () => {
  const small = forms(
    '<table><thead><tr><th>call</th><th>answer</th></tr></thead><tr><td><code>mmap()</code></td><td>0</td></tr></table>',
  );
  assert.equal(small.plain, 'call    answer\n------  ------\nmmap()  0\n');
  assert.equal(small.markdown, '| call | answer |\n| --- | --- |\n| `mmap()` | 0 |\n');
  const wide = forms(
    `<table><tr><th>call</th><th>why</th></tr><tr><td>mmap()</td><td>${'word '.repeat(20)}</td></tr></table>`,
  );
  assert.match(wide.plain, /^mmap\(\)\n {2}why: word word .*\n {4}word/);
});

test('lists, facts, quotations, code', () => {
  const { plain, markdown } = forms(
    '<ol><li>one</li><li><p>two</p><ul><li>deep</li></ul></li></ol><dl><dt>size</dt><dd>0</dd></dl><blockquote><p>said</p></blockquote><pre data-language="c"><code><span>int x;</span>\n<span>f(x);</span></code></pre>',
  );
  assert.equal(plain, '1. one\n\n2. two\n\n   - deep\n\nsize:\n  0\n\n> said\n\n    int x;\n    f(x);\n');
  assert.equal(markdown, '1. one\n2. two\n\n   - deep\n\n- **size**\n\n  0\n\n> said\n\n```c\nint x;\nf(x);\n```\n');
});

test('prose never exceeds 72 columns, whatever surrounds it', () => {
  const words = 'seals and pages '.repeat(40);
  const { plain } = forms(
    `<p>${words}</p><ul><li>${words}<ol><li>${words}</li></ol></li></ul><blockquote><p>${words}</p></blockquote><dl><dt>a</dt><dd>${words}</dd></dl>`,
  );
  for (const line of plain.split('\n')) assert.ok(line.length <= 72, line);
});

test('forms are written beside their pages, once, and a form that exists is kept', (context) => {
  const out = mkdtempSync(join(tmpdir(), 'unmapped-'));
  context.after(() => rmSync(out, { recursive: true }));
  for (const name of ['index', 'claim', '404']) writeFileSync(join(out, `${name}.html`), html('<h1>A</h1><p>b</p>'));
  writeFileSync(join(out, 'claim.txt'), 'its own');
  assert.equal(writeTextForms(out), 2);
  assert.equal(readFileSync(join(out, 'index.txt'), 'utf8'), 'A\n=\n\nhttp://localhost:4321/\n\nb\n');
  assert.equal(readFileSync(join(out, 'index.md'), 'utf8'), '# A\n\n<http://localhost:4321/>\n\nb\n');
  assert.equal(readFileSync(join(out, 'claim.txt'), 'utf8'), 'its own');
  assert.ok(!existsSync(join(out, '404.txt')));
});

test('a page without a main part is an error', () => {
  assert.throws(() => readPage('<p>x</p>', '/x'), /\/x has no main element/);
});
