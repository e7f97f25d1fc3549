import assert from 'node:assert/strict';
import { type TestContext, test } from 'node:test';
import { prepareCitations } from './build.ts';
import { extract } from './extract.ts';
import { page, project } from './fixture.ts';
import { fingerprint } from './published.ts';

const PAGE = 'content/docs/history/seal.mdx';

const GOOD = page(`Before.

## Only *empty* files

It says that <Claim id="001-03" from="msg:first@example.org src:man-fcntl" status="posted" snippet="seals/empty">the
<Term id="seal">seal</Term> may be set with \`fcntl()\` & only [once](/about) -- at 16:30</Claim>, and so on.
`);

const SAID = fingerprint({ text: 'the seal may be set with fcntl() & only once -- at 16:30', status: 'posted' });

/** Publication has tests of its own; in these nothing is published. */
const others = ({ text }: { text: string }): boolean => !text.includes('npm run publish-ids');

/** The problems of a project with one page, as \`line: text\`. */
function problems(context: TestContext, body: string, files: Record<string, string> = {}): string[] {
  const root = project(context, { [PAGE]: page(body), ...files });
  return extract(root)
    .problems.list.filter(others)
    .map(({ file, line, text }) => `${file === PAGE ? '' : `${file}:`}${line}: ${text}`);
}

test('a claim carries text, forms, sources, person, date, place and results', (context) => {
  const { catalogue, problems: found } = extract(project(context, { [PAGE]: GOOD }));
  assert.deepEqual(found.list.filter(others), []);
  const [claim] = catalogue.claims;
  assert.ok(claim);
  assert.equal(claim.text, 'the seal may be set with fcntl() & only once -- at 16:30');
  assert.equal(
    claim.html,
    'the seal may be set with <code>fcntl()</code> &amp; only <a href="/about">once</a> -- at 16:30',
  );
  assert.equal(claim.markdown, 'the seal may be set with `fcntl()` & only [once](/about) -- at 16:30');
  assert.deepEqual(claim.people, ['Chao Peng']);
  assert.equal(claim.date, '2021-11-19');
  assert.equal(claim.section, 'Only empty files');
  assert.deepEqual(claim.page, { path: '/history/seal', title: 'A seal', revised: '2026-11-20' });
  assert.deepEqual(claim.shown, [
    { code: 'const fd = 3;', result: '3' },
    { code: 'seal(fd);', result: '-EBUSY' },
  ]);
  assert.deepEqual([claim.file, claim.line], [PAGE, 11]);
  assert.deepEqual(
    claim.sources.map(({ word, url }) => [word, url]),
    [
      ['message', 'https://lore.kernel.org/all/first@example.org/'],
      ['fcntl(2)', 'https://man7.org/fcntl.2.html'],
    ],
  );
});

test('glossary and bibliography know where they are used', (context) => {
  const { catalogue } = extract(project(context, { [PAGE]: GOOD }));
  assert.deepEqual(
    catalogue.glossary[0]?.usedOn.map(({ path }) => path),
    ['/history/seal'],
  );
  const entry = catalogue.bibliography.find(({ ref }) => ref === 'msg:first@example.org');
  assert.deepEqual([entry?.claims, entry?.pages.map(({ path }) => path)], [['001-03'], ['/history/seal']]);
});

test('every mistake is named with its line', async (context) => {
  const claim = (attributes: string, text = 'x'): string => `A <Claim ${attributes}>${text}</Claim>.\n`;
  const good = 'id="001-03" from="msg:first@example.org" status="posted"';
  const cases: Record<string, [body: string, expected: RegExp]> = {
    'an id twice': [claim(good) + claim(good), /^8: .*"001-03" stands already at .*seal\.mdx:7$/],
    'no id': [claim('from="msg:first@example.org" status="posted"'), /^7: .*"id" is missing/],
    'no source': [claim('id="001-03" status="posted"'), /^7: .*"from" is missing/],
    'no status': [claim('id="001-03" from="msg:first@example.org"'), /^7: .*"status" is missing/],
    'an id that is not one': [claim(good.replace('001-03', 'Seal')), /^7: .*"Seal" is not an id/],
    'an unknown status': [claim(good.replace('posted', 'certain')), /^7: .*unknown status "certain"; one of posted, /],
    'recorded without a recording': [claim(good.replace('posted', 'recorded')), /^7: .*"recorded" needs .* recording/],
    'merged without a commit': [claim(good.replace('posted', 'merged')), /^7: .*"merged" needs .* commit/],
    'modelled without a snippet': [claim(good.replace('posted', 'modelled')), /^7: .*"modelled" needs a snippet/],
    'an unknown message': [claim(good.replace('first', 'third')), /^7: .*unknown message "third@example.org"/],
    'an unknown source': [claim(good.replace('msg:first@example.org', 'src:x')), /^7: .*unknown source "x"/],
    'an unknown recording': [claim(good.replace('msg:first@example.org', 'rec:x')), /^7: .*unknown recording "x"/],
    'a hash that is none': [claim(good.replace('msg:first@example.org', 'commit:abc')), /^7: .*"abc" is not a commit/],
    'no reference at all': [claim(good.replace('msg:', '')), /^7: .*is not a source reference/],
    'an unknown snippet': [claim(`${good} snippet="a/b"`), /^7: .*unknown snippet "a\/b"/],
    'an unknown part': [claim(`${good} snippet="seals/empty#b"`), /^7: .*no part "b"/],
    'an unknown attribute': [claim(`${good} kind="x"`), /^7: .*unknown attribute "kind"/],
    'an expression': [claim(good.replace('"001-03"', '{1}')), /^7: .*"id" must be plain text/],
    'no text': [claim(good, ' '), /^7: .*has no text/],
    'too much text': [claim(good, 'x'.repeat(401)), /^7: .*401 characters; at most 400/],
    'something that mail cannot show': [claim(good, 'a {1 + 1}'), /^7: .*cannot stand in a claim/],
    'an unknown term': ['A <Term id="x">x</Term>.', /^7: .*unknown term "x"/],
    'an unknown message link': ['A <Msg id="x@y">x</Msg>.', /^7: .*unknown message "x@y"/],
    'a citation of nothing': ['A <Cite id="001-99" />.', /^7: .*no claim "001-99"/],
    'text that is not MDX': ['A <Claim>.', /^7: is not MDX/],
  };
  for (const [name, [body, expected]] of Object.entries(cases)) {
    await context.test(name, (inner) => {
      const found = problems(inner, body);
      assert.equal(found.length, 1, found.join('\n'));
      assert.match(found[0] ?? '', expected);
    });
  }
});

test('records with mistakes are named with their line', async (context) => {
  const cases: Record<string, [file: string, text: string, expected: RegExp]> = {
    'not JSON': ['messages', '{', /messages\.json:1: is not JSON/],
    'no Message-ID': [
      'messages',
      '{\n"x": {"date":"2021-01-01","from":"A","subject":"B"}}',
      /messages\.json:2: x: is not a Message-ID/,
    ],
    'no date': ['messages', '{"a@b": {"date":"May","from":"A","subject":"B"}}', /a@b: "date" must be an ISO date/],
    'no subject': ['messages', '{"a@b": {"date":"2021-01-01","from":"A"}}', /a@b: "subject" must be text/],
    'an unknown kind': ['sources', '{"a": {"kind":"rumor","title":"B"}}', /a: "kind" must be one of/],
    'no address': ['sources', '{"a": {"kind":"man","title":"B","url":"x y"}}', /a: "url" is not an address/],
    'a term twice': [
      'glossary',
      '[{"id":"a","term":"a","short":"b","from":["src:man-fcntl"]},{"id":"a","term":"a","short":"b","from":["src:man-fcntl"]}]',
      /a: stands twice/,
    ],
    'a term without source': ['glossary', '[{"id":"a","term":"a","short":"b","from":[]}]', /"from" must be a list/],
    'a term with an unknown source': [
      'glossary',
      '[{"id":"a","term":"a","short":"b","from":["src:x"]}]',
      /a: unknown source "x"/,
    ],
  };
  for (const [name, [record, text, expected]] of Object.entries(cases)) {
    await context.test(name, (inner) => {
      const found = problems(inner, 'Nothing.', {
        'content/records/glossary.json': '[]',
        [`content/records/${record}.json`]: text,
      });
      assert.equal(found.length, 1, found.join('\n'));
      assert.match(found[0] ?? '', expected);
    });
  }
});

test('the build stops with all problems at once, in order', (context) => {
  const root = project(context, { [PAGE]: page('A <Term id="x">x</Term>.\n\nB <Term id="y">y</Term>.') });
  assert.throws(
    () => prepareCitations(root),
    /^ContentError: 2 problems in the content:\n {2}.*seal\.mdx:7: .*"x".*\n {2}.*seal\.mdx:9: .*"y"/,
  );
});

test('a superseded id leads to the claim that took its place, with its date and corrections', (context) => {
  const published = {
    '001-02': { since: '2026-10-01', text: 'x', superseded_by: '001-03' },
    '001-03': {
      since: '2026-11-01',
      text: SAID,
      corrections: [{ date: '2026-11-02', note: 'The flag was named wrongly.' }],
    },
  };
  const { catalogue, problems: found } = extract(
    project(context, { [PAGE]: GOOD, 'content/records/published-ids.json': JSON.stringify(published) }),
  );
  assert.deepEqual(found.list, []);
  assert.deepEqual(catalogue.moved, { '001-02': '001-03' });
  const [claim] = catalogue.claims;
  assert.deepEqual([claim?.aliases, claim?.since], [['001-02'], '2026-11-01']);
  assert.equal(claim?.corrections[0]?.note, 'The flag was named wrongly.');
});

test('a list of published ids that cannot be right is named', async (context) => {
  const cases: Record<string, [list: object, expected: RegExp]> = {
    'a successor that is not published': [
      { 'a-1': { since: '2026-11-01', text: 'x', superseded_by: 'a-2' } },
      /"a-2", which is not published/,
    ],
    'a successor that is superseded itself': [
      {
        'a-1': { since: '2026-11-01', text: 'x', superseded_by: 'a-2' },
        'a-2': { since: '2026-11-01', text: 'x', superseded_by: '001-03' },
        '001-03': { since: '2026-11-01', text: SAID },
      },
      /must name the last id, not "a-2"/,
    ],
    'no date': [{ '001-03': { since: 'May', text: SAID } }, /must be an ISO date/],
  };
  for (const [name, [list, expected]] of Object.entries(cases)) {
    await context.test(name, (inner) => {
      const files = { [PAGE]: GOOD, 'content/records/published-ids.json': JSON.stringify(list) };
      const found = extract(project(inner, files)).problems.list.map(({ text }) => text);
      assert.ok(
        found.some((text) => expected.test(text)),
        found.join('\n'),
      );
    });
  }
});

test('a claim that is not published is named, also when nothing is', (context) => {
  const [found] = extract(project(context, { [PAGE]: GOOD })).problems.list;
  assert.match(found?.text ?? '', /"001-03" is new: "npm run publish-ids"/);
});

test('a recording is found by its name, and by its folder where two have the name', (context) => {
  const both = 'from="rec:create-flags rec:guest_memfd/create-flags"';
  const root = project(context, {
    [PAGE]: page(`A <Claim id="001-03" ${both} status="recorded">claim</Claim>.`),
    'content/evidence/guest_memfd/create-flags.json': JSON.stringify({ name: 'create-flags', steps: [] }),
  });
  const { catalogue, problems: found } = extract(root);
  assert.deepEqual(found.list.filter(others), []);
  assert.deepEqual(
    catalogue.claims[0]?.sources.map(({ path }) => path),
    ['/evidence/memfd/create-flags', '/evidence/guest_memfd/create-flags'],
  );
});
