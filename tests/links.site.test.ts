/** Nothing dangles: links, anchors and ids of every page, of its plain forms, and of the claims as data. */
import assert from 'node:assert/strict';
import { globSync, readFileSync } from 'node:fs';
import { join } from 'node:path';
import { test } from 'node:test';
import { origin, pathOf } from '../src/citation/address.ts';
import { inside, type Tag, tags } from './html.ts';
import { DIST, fileOf, html, kindOf, pagePaths, sitemapPaths } from './site.ts';

const paths = pagePaths();
const read = new Map<string, Tag[]>();

/** The tags of a file of the output folder, read once. */
function tagsOf(file: string): Tag[] {
  let found = read.get(file);
  if (found === undefined) {
    found = tags(readFileSync(join(DIST, file), 'utf8'));
    read.set(file, found);
  }
  return found;
}

function ids(file: string): Set<string> {
  return new Set(tagsOf(file).flatMap((tag) => tag.attributes.get('id') ?? []));
}

/** Why a link from a page leads nowhere; undefined where it leads somewhere or leaves the site. */
function dangling(link: string, from: string): string | undefined {
  if (/^(?:https?|mailto):/.test(link) && !link.startsWith(`${origin()}/`)) return undefined;
  const [address = '', anchor] = link.split('#');
  const local = address.startsWith(origin()) ? address.slice(origin().length) : address;
  const path = local === '' ? from : pathOf(local.replace(/\?.*$/, ''));
  if (path === undefined) return `${link}: not an address of this site`;
  const file = fileOf(path);
  if (file === undefined) return `${link}: no such page`;
  if (anchor === undefined || anchor === '' || !file.endsWith('.html')) return undefined;
  return ids(file).has(decodeURIComponent(anchor)) ? undefined : `${link}: no such anchor`;
}

function linksOf(tag: Tag): string[] {
  const single = ['href', 'src', 'action', 'poster', 'data'].flatMap((name) => tag.attributes.get(name) ?? []);
  const set =
    tag.attributes
      .get('srcset')
      ?.split(',')
      .map((part) => part.trim().split(/\s+/)[0] ?? '') ?? [];
  return [...single, ...set];
}

test('links and anchors of pages', () => {
  const wrong = paths.flatMap((path) =>
    tagsOf(fileOf(path) as string)
      .flatMap(linksOf)
      .flatMap((link) => dangling(link, path) ?? [])
      .map((problem) => `${path} → ${problem}`),
  );
  assert.deepEqual(wrong, []);
});

test('references from one element to another (labels, descriptions)', () => {
  const wrong = paths.flatMap((path) => {
    const file = fileOf(path) as string;
    const known = ids(file);
    return tagsOf(file)
      .flatMap((tag) =>
        ['for', 'aria-labelledby', 'aria-describedby', 'aria-controls', 'popovertarget', 'headers', 'list'].flatMap(
          (name) => tag.attributes.get(name)?.split(/\s+/) ?? [],
        ),
      )
      .filter((id) => id !== '' && !known.has(id))
      .map((id) => `${path}: ${id}`);
  });
  assert.deepEqual(wrong, []);
});

test('an id stands once in a page', () => {
  const wrong = paths.flatMap((path) => {
    const all = tagsOf(fileOf(path) as string).flatMap((tag) => tag.attributes.get('id') ?? []);
    return all.filter((id, index) => all.indexOf(id) !== index).map((id) => `${path}: ${id}`);
  });
  assert.deepEqual(wrong, []);
});

test('every page has its plain forms, and their links lead somewhere', () => {
  const wrong = sitemapPaths().flatMap((path) =>
    ['.txt', '.md'].flatMap((ending) => {
      const file = fileOf(path === '/' ? `/index${ending}` : path + ending);
      if (file === undefined) return [`${path}${ending} is missing`];
      const text = readFileSync(join(DIST, file), 'utf8');
      if (text.trim().length < 40) return [`${path}${ending} is empty`];
      const addresses = [...text.matchAll(/https?:\/\/[^\s<>()\]"'`|]+/g)].map(([url]) => url.replace(/[.,;:]+$/, ''));
      const relative = [...text.matchAll(/\]\((\/[^)\s]*|#[^)\s]*)\)/g)].map(([, link = '']) => link);
      return [...addresses, ...relative].flatMap((link) => {
        const problem = dangling(link, path);
        return problem === undefined ? [] : [`${path}${ending} → ${problem}`];
      });
    }),
  );
  assert.deepEqual(wrong, []);
});

test('addresses in the data files lead somewhere', () => {
  const found = globSync(['*.json', 'c/*.json'], { cwd: DIST });
  assert.ok(found.includes('claims.json'), 'claims.json is missing');
  const wrong = found.flatMap((file) => {
    const data = readFileSync(join(DIST, file), 'utf8');
    return [...data.matchAll(/"((?:https?:\/\/|\/)[^"\s]*)"/g)]
      .map(([, link = '']) => link)
      .flatMap((link) => dangling(link, '/') ?? [])
      .map((problem) => `${file} → ${problem}`);
  });
  assert.deepEqual(wrong, []);
});

test('links that leave the site are https and well formed', () => {
  const wrong = paths.flatMap((path) =>
    tagsOf(fileOf(path) as string)
      .flatMap((tag) => (tag.name === 'a' ? (tag.attributes.get('href') ?? []) : []))
      .filter((link) => /^[a-z][a-z+.-]*:/i.test(link) && !link.startsWith(`${origin()}/`) && link !== origin())
      .filter((link) => !URL.canParse(link) || !/^(?:https|mailto):/.test(link) || /\s/.test(link))
      .map((link) => `${path} → ${link}`),
  );
  assert.deepEqual([...new Set(wrong)], []);
});

test('every page is reached by links from the home page', () => {
  const reached = new Set(['/']);
  const waiting = ['/'];
  for (let path = waiting.pop(); path !== undefined; path = waiting.pop()) {
    for (const tag of tagsOf(fileOf(path) as string)) {
      if (tag.name !== 'a') continue;
      const link = tag.attributes.get('href')?.replace(/[#?].*$/, '');
      const next = link === undefined ? undefined : pathOf(link);
      if (next === undefined || reached.has(next) || !paths.includes(next)) continue;
      reached.add(next);
      waiting.push(next);
    }
  }
  assert.deepEqual(
    sitemapPaths().filter((path) => !reached.has(path)),
    [],
  );
});

/** Paths that the links of a piece of HTML lead to. */
function targets(piece: string): Set<string> {
  return new Set(
    tags(piece).flatMap((tag) => (tag.name === 'a' ? (pathOf(tag.attributes.get('href') ?? '') ?? []) : [])),
  );
}

test('the navigation of every page leads to every section and every page beside them', () => {
  const named = sitemapPaths().filter((path) => path !== '/' && path.split('/').length === 2);
  const wrong = paths.flatMap((path) => {
    const links = targets(inside(html(path), 'body').replace(/<main\b[\s\S]*<\/main>/i, ''));
    return ['/', ...named].filter((other) => !links.has(other)).map((other) => `${path} does not lead to ${other}`);
  });
  assert.deepEqual(wrong, []);
});

test('a section leads to all its pages', () => {
  const wrong = paths
    .filter((path) => kindOf(path) === 'list')
    .flatMap((section) => {
      const links = targets(inside(html(section), 'main'));
      return paths.filter((path) => path.startsWith(`${section}/`) && !links.has(path));
    });
  assert.deepEqual(wrong, []);
});

test('the sitemap names every page that was built', () => {
  const listed = new Set(paths.map((path) => fileOf(path)));
  const unlisted = globSync('**/*.html', { cwd: DIST }).filter((file) => !listed.has(file) && file !== 'sandbox.html');
  assert.deepEqual(
    unlisted.filter((file) => !readFileSync(join(DIST, file), 'utf8').includes('http-equiv="refresh"')),
    [],
  );
});
