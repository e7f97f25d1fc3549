/** What the HTML of every page has to be, read without a browser. */
import assert from 'node:assert/strict';
import { readFileSync } from 'node:fs';
import { join } from 'node:path';
import { test } from 'node:test';
import { absolute } from '../src/citation/address.ts';
import { inside, plain, tags } from './html.ts';
import { DIST, html, pagePaths, sitemapPaths } from './site.ts';

const pages = pagePaths().map((path) => ({ path, source: html(path), tags: tags(html(path)) }));

/** A rule over every page: the messages it gives are its failures. */
function rule(name: string, check: (page: (typeof pages)[number]) => readonly string[]): void {
  test(name, () => {
    assert.deepEqual(
      pages.flatMap((page) => check(page).map((problem) => `${page.path}: ${problem}`)),
      [],
    );
  });
}

function meta(page: (typeof pages)[number], key: string, value: string): string | undefined {
  const tag = page.tags.find((found) => found.name === 'meta' && found.attributes.get(key)?.toLowerCase() === value);
  return tag?.attributes.get('content');
}

rule('no style attribute and no handler attribute', (page) =>
  page.tags.flatMap((tag) =>
    [...tag.attributes.keys()]
      .filter((name) => name === 'style' || /^on[a-z]+$/.test(name))
      .map((name) => `${tag.name} ${name}`),
  ),
);

test('inline scripts and styles are the same on every page', () => {
  const inline = (source: string) =>
    [...source.matchAll(/<(script|style)\b([^>]*)>([\s\S]*?)<\/\1>/gi)]
      .filter(([, , attributes = '']) => !/\bsrc=|type="application\/(?:ld\+)?json"/.test(attributes))
      .map(([, name, , body]) => `${name} ${body}`);
  const first = inline(pages[0]?.source ?? '');
  for (const page of pages) assert.deepEqual(inline(page.source), first, page.path);
  assert.ok(first.length <= 1, `one inline script chooses the theme; found ${first.length}`);
});

test('the policy is the same on every page and in _headers', () => {
  const headers = readFileSync(join(DIST, '_headers'), 'utf8');
  const sent = [...headers.matchAll(/content-security-policy:\s*(.+)/gi)].map(([, value = '']) => directives(value));
  const first = directives(meta(pages[0] as never, 'http-equiv', 'content-security-policy') ?? '');
  assert.ok(first.length > 0, 'the page has a policy');
  for (const page of pages) {
    assert.deepEqual(directives(meta(page, 'http-equiv', 'content-security-policy') ?? ''), first, page.path);
  }
  assert.ok(
    sent.some((policy) => first.every((directive) => policy.includes(directive))),
    `_headers sends what the pages state: ${first.join('; ')}`,
  );
  assert.ok(first.includes("default-src 'none'"));
  for (const directive of first)
    assert.doesNotMatch(directive, /unsafe-inline|unsafe-eval(?<!wasm-unsafe-eval)|\*|data:/);
});

/** The directives of a policy, each with its sources sorted. */
function directives(policy: string): string[] {
  return policy
    .split(';')
    .map((directive) => {
      const [name = '', ...sources] = directive.trim().split(/\s+/);
      return [name, ...sources.sort()].join(' ');
    })
    .filter((directive) => directive !== '')
    .sort();
}

rule('title, description, address and language', (page) => {
  const title = plain(/<title>([\s\S]*?)<\/title>/.exec(page.source)?.[1] ?? '');
  const description = meta(page, 'name', 'description') ?? '';
  const canonical = page.tags.find((tag) => tag.attributes.get('rel') === 'canonical')?.attributes.get('href');
  return [
    title.length < 4 ? 'no title' : '',
    description.length < 20 ? `description too short: "${description}"` : '',
    page.path !== '/404' && canonical !== absolute(page.path) ? `canonical is ${canonical}` : '',
    page.tags.find((tag) => tag.name === 'html')?.attributes.get('lang') ? '' : 'no language',
    meta(page, 'name', 'viewport')?.includes('width=device-width') ? '' : 'no viewport',
  ].filter((problem) => problem !== '');
});

test('titles and descriptions differ from page to page', () => {
  const titles = pages.map((page) => plain(/<title>([\s\S]*?)<\/title>/.exec(page.source)?.[1] ?? ''));
  assert.deepEqual(
    titles.filter((title, index) => titles.indexOf(title) !== index),
    [],
  );
});

rule('one first heading, and no level is left out', (page) => {
  const levels = page.tags.flatMap((tag) => (/^h[1-6]$/.test(tag.name) ? [Number(tag.name[1])] : []));
  const main = tags(inside(page.source, 'main')).flatMap((tag) =>
    /^h[1-6]$/.test(tag.name) ? [Number(tag.name[1])] : [],
  );
  return [
    levels.filter((level) => level === 1).length === 1 ? '' : 'not exactly one h1',
    ...main.map((level, index) => (level > (main[index - 1] ?? 1) + 1 ? `h${level} after h${main[index - 1]}` : '')),
  ].filter((problem) => problem !== '');
});

rule('a "wrong?" link opens a mail that names the page or the claim', (page) => {
  if (page.path === '/404') return [];
  const mails = page.tags.filter((tag) => tag.name === 'a' && tag.attributes.get('href')?.startsWith('mailto:'));
  return mails.some((tag) => /[?&]subject=/.test(tag.attributes.get('href') ?? ''))
    ? []
    : ['no mail link with a subject'];
});

test('what the writers left unfinished does not come out', () => {
  const wrong = pages.filter((page) =>
    /\b(?:TODO|FIXME|lorem ipsum)\b|\[object \w+\]/i.test(inside(page.source, 'main')),
  );
  assert.deepEqual(
    wrong.map((page) => page.path),
    [],
  );
});

test('the pages that the site must have are there', () => {
  const paths = new Set(sitemapPaths());
  const wanted = [
    '/',
    '/history/files-that-can-be-locked',
    '/history/memory-nobody-else-sees',
    '/history/a-seal-for-guests',
    '/mechanisms/memfd-and-seals',
    '/mechanisms/memfd-secret',
    '/threads/f-seal-guest',
    '/evidence',
    '/glossary',
    '/about',
  ];
  assert.deepEqual(
    wanted.filter((path) => !paths.has(path)),
    [],
  );
});
