/**
 * The one extractor: from the pages and the records to everything that permalinks, `claims.json`, search, glossary and
 * bibliography are made of.
 */
import { existsSync, readdirSync, readFileSync } from 'node:fs';
import { join, relative } from 'node:path';
import { attributes, isElement, MdxError, parseMdx, walk } from './mdx.ts';
import { type PageContent, readPage } from './page.ts';
import { Problems } from './problems.ts';
import { checkPublished } from './published.ts';
import { generationRefs, lineInRecords, type Records, readRecords } from './records.ts';
import { resolve } from './refs.ts';
import { readTimeline } from './timeline.ts';
import type { Catalogue, Cited, Claim, PageRef } from './types.ts';

const PAGES = 'content/docs';

/** Paths of the pages from `root`, in the order of their names. */
function pageFiles(root: string): string[] {
  const start = join(root, PAGES);
  if (!existsSync(start)) return [];
  return readdirSync(start, { recursive: true, withFileTypes: true })
    .filter((entry) => entry.isFile() && entry.name.endsWith('.mdx'))
    .map((entry) => relative(root, join(entry.parentPath, entry.name)).replaceAll('\\', '/'))
    .sort();
}

function compareIds(a: string, b: string): number {
  return a.localeCompare(b, 'en', { numeric: true });
}

function unique(pages: readonly PageRef[]): PageRef[] {
  return [...new Map(pages.map(({ path, title, revised }) => [path, { path, title, revised }])).values()];
}

function checkIds(claims: readonly PageContent['claims'][number][], problems: Problems): void {
  const first = new Map<string, { file: string; line: number }>();
  for (const { id, file, line } of claims) {
    const before = first.get(id);
    if (before === undefined) first.set(id, { file, line });
    else if (id !== '')
      problems.add(file, line, `<Claim>: the id "${id}" stands already at ${before.file}:${before.line}`);
  }
}

/** `<Cite id>` must name a claim that stands somewhere. */
function checkCites(root: string, files: readonly string[], ids: ReadonlySet<string>, problems: Problems): void {
  for (const file of files) {
    const { tree } = parseMdx(readFileSync(join(root, file), 'utf8'));
    walk(tree, (node) => {
      if (!isElement(node) || node.name !== 'Cite') return;
      const id = attributes(node).get('id');
      if (id !== undefined && ids.has(id)) return;
      problems.add(file, node.position?.start.line ?? 1, `<Cite>: there is no claim "${id ?? ''}"`);
    });
  }
}

/** Sources with where they are cited, in the order of kinds, then dates, then references. */
function bibliography(
  pages: readonly PageContent[],
  glossary: Catalogue['glossary'],
  generations: readonly Cited[],
  records: Records,
): Catalogue['bibliography'] {
  const found = new Map<string, { source: Cited; pages: PageRef[]; claims: string[] }>();
  const entry = (source: Cited): { source: Cited; pages: PageRef[]; claims: string[] } => {
    const known = found.get(source.ref) ?? { source, pages: [], claims: [] };
    found.set(source.ref, known);
    return known;
  };
  for (const { use, claims } of pages) {
    for (const ref of use.refs) {
      const source = resolve(ref, records);
      if (typeof source !== 'string') entry(source).pages.push(use);
    }
    for (const { id, sources } of claims) for (const source of sources) entry(source).claims.push(id);
  }
  for (const { sources } of glossary) for (const source of sources) entry(source);
  for (const source of generations) entry(source);
  return [...found.values()]
    .map(({ source, pages: on, claims }) => ({
      ...source,
      pages: unique(on),
      claims: [...new Set(claims)].sort(compareIds),
    }))
    .sort((a, b) => {
      const [left, right] = [`${a.kind} ${a.date ?? '9'} ${a.ref}`, `${b.kind} ${b.date ?? '9'} ${b.ref}`];
      return left < right ? -1 : left > right ? 1 : 0;
    });
}

function glossaryOf(
  root: string,
  records: Records,
  pages: readonly PageContent[],
  problems: Problems,
): Catalogue['glossary'] {
  return [...records.glossary.values()]
    .map((entry) => ({
      ...entry,
      sources: entry.from.flatMap((ref) => {
        const source = resolve(ref, records);
        if (typeof source !== 'string') return [source];
        problems.add(
          'content/records/glossary.json',
          lineInRecords(root, 'glossary.json', entry.id),
          `${entry.id}: ${source}`,
        );
        return [];
      }),
      usedOn: unique(pages.filter(({ use }) => use.terms.includes(entry.id)).map(({ use }) => use)),
    }))
    .sort((a, b) => a.term.localeCompare(b.term, 'en'));
}

/** What was read, and what is wrong with it. */
export interface Extraction {
  readonly catalogue: Catalogue;
  readonly records: Records;
  readonly problems: Problems;
}

/** Reads everything below `root`. Never throws for content that is wrong: it is in `problems`. */
export function extract(root: string): Extraction {
  const problems = new Problems();
  const records = readRecords(root, problems);
  const files = pageFiles(root);
  const readable: string[] = [];
  const pages = files.flatMap((file) => {
    try {
      const page = readPage(root, file, readFileSync(join(root, file), 'utf8'), records, problems);
      readable.push(file);
      return [page];
    } catch (error) {
      problems.add(file, error instanceof MdxError ? error.line : 1, (error as Error).message);
      return [];
    }
  });
  const raw = pages.flatMap(({ claims }) => claims);
  checkIds(raw, problems);
  const ids = new Set(raw.map(({ id }) => id));
  checkCites(root, readable, ids, problems);
  checkPublished(records.published, raw, problems);
  const generations = generationRefs(root).flatMap(([file, id, refs]) => {
    return refs.flatMap((ref) => {
      const source = resolve(ref, records);
      if (typeof source !== 'string') return [source];
      problems.add(`content/records/${file}`, lineInRecords(root, file, id), `${id}: ${source}`);
      return [];
    });
  });
  const moved = Object.fromEntries(
    [...records.published].flatMap(([id, { superseded_by: next }]) => (next === undefined ? [] : [[id, next]])),
  );
  const claims = raw
    .map((claim): Claim => {
      const listed = records.published.get(claim.id);
      return {
        ...claim,
        ...(listed === undefined ? {} : { since: listed.since }),
        corrections: listed?.corrections ?? [],
        aliases: Object.keys(moved).filter((old) => moved[old] === claim.id),
      };
    })
    .sort((a, b) => compareIds(a.id, b.id));
  const glossary = glossaryOf(root, records, pages, problems);
  const catalogue: Catalogue = {
    claims,
    pages: pages.map(({ use }) => use),
    glossary,
    timeline: readTimeline(root, records.sources, problems),
    bibliography: bibliography(pages, glossary, generations, records),
    moved,
  };
  return { catalogue, records, problems };
}
