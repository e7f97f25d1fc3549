/** The built site as the tests see it: its folder, its pages by kind, and a server in front of it. */
import { existsSync, globSync, readFileSync } from 'node:fs';
import { join } from 'node:path';
import { base, pathOf } from '../src/citation/address.ts';
import { startServer } from '../src/server/server.ts';
import { ROOT } from './suite.ts';

export const DIST = process.env['UNMAPPED_OUT'] ?? join(ROOT, 'dist');

/** A kind of page has a layout and a budget of its own; screenshots, Lighthouse and the slower tests take one of each. */
export type Kind =
  | 'home'
  | 'chapter'
  | 'thread'
  | 'mechanism'
  | 'question'
  | 'claim'
  | 'timeline'
  | 'evidence'
  | 'subject'
  | 'recording'
  | 'comparison'
  | 'cell'
  | 'pair'
  | 'glossary'
  | 'claims'
  | 'sources'
  | 'tool'
  | 'about'
  | 'list'
  | 'missing';

export function kindOf(path: string): Kind {
  if (path === '/') return 'home';
  if (path === '/404') return 'missing';
  const [, first, second] = path.split('/');
  switch (first) {
    case 'history':
      return second === undefined ? 'list' : 'chapter';
    case 'threads':
      return second === undefined ? 'list' : 'thread';
    case 'mechanisms':
      return second === undefined ? 'list' : 'mechanism';
    case 'questions':
      return second === undefined ? 'list' : 'question';
    case 'c':
      return second === undefined ? 'list' : 'claim';
    case 'compare':
      if (second === 'between' || second === 'of') return 'pair';
      return path.split('/').length === 4 ? 'cell' : 'comparison';
    case 'evidence':
      if (second === undefined) return 'evidence';
      return path.split('/').length === 3 ? 'subject' : 'recording';
    case 'tools':
      return 'list';
    case 'launch-digest':
    case 'mrtd':
      return 'tool';
    case 'glossary':
    case 'timeline':
    case 'claims':
    case 'sources':
    case 'about':
      return first;
    default:
      throw new Error(`${path} is of no known kind: add one in tests/site.ts`);
  }
}

function built(): void {
  if (!existsSync(join(DIST, 'index.html'))) throw new Error('There is no built site: npm run build');
}

/** Paths of all pages in the sitemap, in its order, as `/history/files-that-can-be-locked`. */
export function sitemapPaths(): string[] {
  built();
  const maps = globSync('sitemap*.xml', { cwd: DIST }).map((file) => readFileSync(join(DIST, file), 'utf8'));
  const found = maps.flatMap((xml) =>
    [...xml.matchAll(/<url>\s*<loc>([^<]+)<\/loc>/g)].map(([, url = '']) => pathOf(new URL(url).pathname) ?? url),
  );
  if (found.length === 0) throw new Error('The sitemap names no page');
  return found;
}

/** All pages that a reader can come to: the sitemap's and the one for addresses that do not exist. */
export function pagePaths(): string[] {
  return [...sitemapPaths(), '/404'];
}

/** The largest pages of each kind, at most so many, because what goes wrong goes wrong there first. */
export function largestOfKind(most: number): { readonly kind: Kind; readonly path: string }[] {
  const kinds = new Map<Kind, { path: string; size: number }[]>();
  for (const path of pagePaths()) {
    const kind = kindOf(path);
    kinds.set(kind, [...(kinds.get(kind) ?? []), { path, size: html(path).length }]);
  }
  return [...kinds].flatMap(([kind, pages]) =>
    pages
      .sort((a, b) => b.size - a.size)
      .slice(0, most)
      .map(({ path }) => ({ kind, path })),
  );
}

/** Kinds of which a template makes hundreds from data. */
const GENERATED: ReadonlySet<Kind> = new Set(['claim', 'recording', 'cell', 'pair']);

/** How many of a generated kind are visited beside the largest ones. */
const SAMPLE = 20;

/**
 * The pages for checks that take a browser long: all that somebody wrote, and of each generated kind the twelve largest and
 * twenty others, evenly spread. UNMAPPED_EVERY_PAGE=1 takes all of them.
 */
export function sampledPaths(): string[] {
  if (process.env['UNMAPPED_EVERY_PAGE'] !== undefined) return pagePaths();
  const chosen = new Set(largestOfKind(12).map(({ path }) => path));
  const paths = pagePaths();
  for (const kind of GENERATED) {
    const own = paths.filter((path) => kindOf(path) === kind);
    const step = Math.max(1, own.length / SAMPLE);
    for (let at = 0; at < own.length; at += step) chosen.add(own[Math.floor(at)] ?? '');
  }
  return paths.filter((path) => !GENERATED.has(kindOf(path)) || chosen.has(path));
}

/** One page of each kind. */
export function onePerKind(): { readonly kind: Kind; readonly path: string }[] {
  return largestOfKind(1);
}

/** The file below the output folder that a static host answers with, or undefined. */
export function fileOf(path: string): string | undefined {
  const clean = decodeURIComponent(path).replace(/^\//, '');
  const candidates = clean === '' ? ['index.html'] : [clean, `${clean}.html`, join(clean, 'index.html')];
  return candidates.find((file) => existsSync(join(DIST, file)) && !file.endsWith('/') && /\.\w+$/.test(file));
}

export function html(path: string): string {
  const file = fileOf(path);
  if (file === undefined) throw new Error(`${path} has no file in the built site`);
  return readFileSync(join(DIST, file), 'utf8');
}

/**
 * Serves the built site as `npm start` does, on a free port of the loopback interface. `origin` carries the base path of
 * SITE_URL, so that a page is at `origin` and its path.
 */
export async function serveDist(): Promise<{ readonly origin: string; close(): Promise<void> }> {
  built();
  const { origin, close } = await startServer({ root: DIST, port: 0 });
  return { origin: origin + base(), close };
}
