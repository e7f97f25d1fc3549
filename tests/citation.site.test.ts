/** What the built site promises to those who cite it: every claim at its address, in every form, and none that vanished. */
import assert from 'node:assert/strict';
import { execFileSync } from 'node:child_process';
import { existsSync, readFileSync } from 'node:fs';
import { join } from 'node:path';
import { test } from 'node:test';
import { absolute } from '../src/citation/address.ts';
import { prepareCitations } from '../src/citation/build.ts';
import { PUBLISHED_FILE } from '../src/citation/published.ts';
import { DIST, html, sitemapPaths } from './site.ts';
import { ROOT } from './suite.ts';

const { claims, glossary, bibliography, moved } = prepareCitations(ROOT);
const file = (path: string): string => readFileSync(join(DIST, path), 'utf8');
const published = JSON.parse(readFileSync(join(ROOT, PUBLISHED_FILE), 'utf8')) as Record<string, object>;

/** Lines over 72 columns that are neither an address or a digest, which cannot be broken, nor code, indented or numbered. */
function tooLong(text: string): string[] {
  return text
    .split('\n')
    .filter((line) => [...line].length > 72 && !/https?:\/\/\S+$|\b[0-9a-f]{96}$/.test(line))
    .filter((line) => !/^( {2,}|\s*\d+ {2})/.test(line));
}

test('every published id has a page and every form, under its own address', () => {
  const ids = Object.keys(published);
  assert.ok(ids.length > 0, 'nothing is published: npm run publish-ids');
  const missing = ids.flatMap((id) =>
    ['html', 'txt', 'md', 'bib'].map((ending) => `c/${id}.${ending}`).filter((path) => !existsSync(join(DIST, path))),
  );
  assert.deepEqual(missing, []);
});

test('the mail form ends with the address of its claim, alone on its line', () => {
  for (const { id } of claims) assert.equal(file(`c/${id}.txt`).trimEnd().split('\n').at(-1), absolute(`/c/${id}`));
});

test('every claim stands on its page once, under its id', () => {
  const wrong = claims.filter(({ id, page }) => html(page.path).split(` id="${id}"`).length !== 2);
  assert.deepEqual(
    wrong.map(({ id, page }) => `${id} on ${page.path}`),
    [],
  );
});

test('claims.json has every claim with sources that lead somewhere', () => {
  const data = JSON.parse(file('claims.json')) as {
    schema: string;
    claims: { id: string; url: string; sources: { title: string }[] }[];
    superseded: object;
  };
  assert.equal(data.schema, 'unmapped-claims/1');
  assert.deepEqual(
    data.claims.map(({ id, url }) => [id, url]),
    claims.map(({ id }) => [id, absolute(`/c/${id}`)]),
  );
  assert.ok(data.claims.every(({ sources }) => sources.length > 0 && sources.every(({ title }) => title !== '')));
  assert.deepEqual(data.superseded, moved);
});

test('glossary and sources hold every entry', () => {
  const terms = html('/glossary');
  for (const { id } of glossary) assert.ok(terms.includes(` id="${id}"`), id);
  const text = file('sources.txt').replace(/\s+/g, ' ');
  for (const { title } of bibliography) assert.ok(text.includes(title.replace(/\s+/g, ' ')), title);
});

test('every page has a text form of at most 72 columns and a Markdown form', () => {
  const wrong: string[] = [];
  for (const path of sitemapPaths()) {
    const name = path === '/' ? 'index' : path.slice(1);
    for (const line of tooLong(file(`${name}.txt`))) wrong.push(`${name}.txt: ${line}`);
    assert.ok(file(`${name}.md`).length > 0);
  }
  assert.deepEqual(wrong, []);
});

test('the feed is well-formed and names every page that changed', () => {
  const xml = file('feed.xml');
  const open: string[] = [];
  for (const [, close, name, rest] of xml.matchAll(/<(\/?)([a-z]+)([^>]*)>/g)) {
    if (close) assert.equal(open.pop(), name);
    else if (!rest?.endsWith('/')) open.push(name ?? '');
  }
  assert.deepEqual(open, []);
  assert.ok(!/&(?!(amp|lt|gt|quot);)/.test(xml));
  for (const path of sitemapPaths().filter((at) => /^\/(history|threads|mechanisms|questions)\//.test(at))) {
    assert.ok(xml.includes(`"${absolute(path)}"`), path);
  }
});

test('no id was ever taken from the list of published ids', (context) => {
  let versions: string[];
  try {
    const git = (...args: string[]): string =>
      execFileSync('git', args, { cwd: ROOT, encoding: 'utf8', stdio: 'pipe' });
    versions = git('log', '--format=%H', '--', PUBLISHED_FILE)
      .split('\n')
      .filter((hash) => hash !== '')
      .map((hash) => git('show', `${hash}:${PUBLISHED_FILE}`));
  } catch {
    context.skip('the history of the repository is not here');
    return;
  }
  const before = new Set(versions.flatMap((text) => Object.keys(JSON.parse(text) as object)));
  assert.deepEqual(
    [...before].filter((id) => !(id in published)),
    [],
  );
});
