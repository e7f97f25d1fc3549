/** Reads one page: its claims, and everything else on it that points into the records. */
import { readFileSync } from 'node:fs';
import { join } from 'node:path';
import { attributes, headingText, inline, isElement, type Node, parseMdx, walk } from './mdx.ts';
import type { Problems } from './problems.ts';
import type { Records } from './records.ts';
import { resolve } from './refs.ts';
import { partOf, shownLines } from './shown.ts';
import { type Cited, type Claim, type PageRef, type PageUse, type Shown, STATUSES, type Status } from './types.ts';

/** The longest text of a claim, in characters: what one can still paste into a mail as one thought. */
export const MAX_TEXT = 400;

const CLAIM_ID = /^[a-z0-9]+(-[a-z0-9]+)+$/;
const ATTRIBUTES = ['id', 'from', 'status', 'snippet'];

/** Kinds of source of which a status needs at least one: a word such as `recorded` is never more than its source. */
const NEEDS: Partial<Record<Status, readonly Cited['kind'][]>> = {
  posted: ['message', 'article'],
  argued: ['message', 'article'],
  merged: ['commit'],
  recorded: ['recording'],
  'source-read': ['file', 'man', 'commit', 'spec', 'article', 'message'],
};

/** What one file holds. */
export interface PageContent {
  readonly use: PageUse;
  readonly claims: readonly Omit<Claim, 'since' | 'corrections' | 'aliases'>[];
}

/** What is needed to read a page, and where to say what is wrong with it. */
interface Reading {
  readonly root: string;
  readonly file: string;
  readonly records: Records;
  readonly problems: Problems;
}

function lineOf(node: Node): number {
  return node.position?.start.line ?? 1;
}

/** `content/docs/history/x.mdx` stands at `/history/x`; `index.mdx` at its folder. */
export function pathOfFile(file: string): string {
  const path = `/${file.replace(/^content\/docs\//, '').replace(/\.mdx$/, '')}`;
  return path === '/index' ? '/' : path.replace(/\/index$/, '');
}

function required(node: Node, name: string, { file, problems }: Reading): string | undefined {
  const found = attributes(node);
  const value = found.get(name)?.trim();
  if (value !== undefined && value !== '') return value;
  const what = found.has(name) ? 'must be plain text in quotes' : 'is missing';
  problems.add(file, lineOf(node), `<${node.name}>: the attribute "${name}" ${what}`);
  return undefined;
}

function cited(node: Node, refs: string, { file, records, problems }: Reading): Cited[] {
  return refs.split(/\s+/).flatMap((ref) => {
    const found = resolve(ref, records);
    if (typeof found !== 'string') return [found];
    problems.add(file, lineOf(node), `<${node.name}>: ${found}`);
    return [];
  });
}

function shown(node: Node, reference: string, { root, file, records, problems }: Reading): Shown[] {
  const [id = '', part] = reference.split('#');
  if (!records.snippets.has(id)) {
    problems.add(file, lineOf(node), `<Claim>: unknown snippet "${id}": there is no content/snippets/${id}.ts`);
    return [];
  }
  const source = readFileSync(join(root, 'content/snippets', `${id}.ts`), 'utf8');
  const piece = part === undefined ? source : partOf(source, part);
  if (piece === undefined) problems.add(file, lineOf(node), `<Claim>: the snippet ${id} has no part "${part}"`);
  return piece === undefined ? [] : shownLines(piece);
}

function claim(
  node: Node,
  page: PageRef,
  section: string | undefined,
  reading: Reading,
): PageContent['claims'][number] {
  const { file, problems } = reading;
  const line = lineOf(node);
  const wrong = (text: string): void => problems.add(file, line, `<Claim>: ${text}`);
  for (const name of attributes(node).keys()) {
    if (!ATTRIBUTES.includes(name)) wrong(`unknown attribute "${name}"; a claim has ${ATTRIBUTES.join(', ')}`);
  }
  const id = required(node, 'id', reading) ?? '';
  if (id !== '' && !CLAIM_ID.test(id)) wrong(`"${id}" is not an id: lower-case letters and digits joined by -`);
  const from = required(node, 'from', reading);
  const sources = from === undefined ? [] : cited(node, from, reading);
  const status = required(node, 'status', reading);
  if (status !== undefined && !Object.hasOwn(STATUSES, status)) {
    wrong(`unknown status "${status}"; one of ${Object.keys(STATUSES).join(', ')}`);
  }
  const snippet = attributes(node).has('snippet') ? required(node, 'snippet', reading) : undefined;
  const kinds = NEEDS[status as Status];
  if (kinds !== undefined && sources.length > 0 && !sources.some(({ kind }) => kinds.includes(kind))) {
    wrong(`the status "${status}" needs a source of kind ${kinds.join(' or ')}`);
  }
  if (status === 'modelled' && snippet === undefined) wrong('the status "modelled" needs a snippet');
  const { text, html, markdown } = inline(node.children ?? [], (other) => {
    const name = other.name ?? other.type;
    problems.add(file, lineOf(other), `<Claim ${id}>: ${name} cannot stand in a claim, which must be readable in mail`);
  });
  if (text.trim() === '') wrong(`"${id}" has no text`);
  if (text.length > MAX_TEXT) wrong(`"${id}" has ${text.length} characters; at most ${MAX_TEXT}`);
  const date = sources.find((s) => s.date !== undefined)?.date;
  return {
    id,
    text: text.trim(),
    html: html.trim(),
    markdown: markdown.trim(),
    status: (status ?? 'unverified') as Status,
    sources,
    people: sources.find(({ people }) => people.length > 0)?.people ?? [],
    ...(date === undefined ? {} : { date }),
    ...(snippet === undefined ? {} : { snippet: snippet.split('#')[0] ?? snippet }),
    shown: snippet === undefined ? [] : shown(node, snippet, reading),
    page,
    ...(section === undefined ? {} : { section }),
    file,
    line,
  };
}

/** The page itself: title, path, date of revision. */
function pageRef(front: Readonly<Record<string, unknown>>, { file, problems }: Reading): PageRef & { summary: string } {
  const text = (name: string): string => {
    const value = front[name];
    const found = value instanceof Date ? value.toISOString().slice(0, 10) : value;
    if (typeof found === 'string' && found !== '') return found;
    problems.add(file, 1, `the front matter has no "${name}"`);
    return '';
  };
  const revised = text('revised');
  if (revised !== '' && !/^\d{4}-\d\d-\d\d$/.test(revised)) problems.add(file, 1, `"revised" must be an ISO date`);
  return { path: pathOfFile(file), title: text('title'), revised, summary: text('summary') };
}

/** Reads a page and adds what is wrong with it to `problems`. `file` is the path from `root`. */
export function readPage(
  root: string,
  file: string,
  source: string,
  records: Records,
  problems: Problems,
): PageContent {
  const reading: Reading = { root, file, records, problems };
  const { front, tree } = parseMdx(source);
  const { summary, ...page } = pageRef(front, reading);
  const claims: PageContent['claims'][number][] = [];
  const terms = new Set<string>();
  const snippets = new Set<string>();
  const refs = new Set<string>();
  let section: string | undefined;
  walk(tree, (node) => {
    if (node.type === 'heading') section = headingText(node);
    if (!isElement(node)) return;
    switch (node.name) {
      case 'Claim': {
        const found = claim(node, page, section, reading);
        for (const { ref } of found.sources) refs.add(ref);
        claims.push(found);
        break;
      }
      case 'Term': {
        const id = required(node, 'id', reading);
        if (id === undefined) break;
        terms.add(id);
        if (!records.glossary.has(id)) {
          problems.add(file, lineOf(node), `<Term>: unknown term "${id}": it is not in content/records/glossary.json`);
        }
        break;
      }
      case 'Msg': {
        const id = required(node, 'id', reading);
        if (id !== undefined) for (const { ref } of cited(node, `msg:${id}`, reading)) refs.add(ref);
        break;
      }
      case 'Source': {
        const ref = required(node, 'from', reading);
        if (ref !== undefined) for (const found of cited(node, ref, reading)) refs.add(found.ref);
        break;
      }
      case 'Snippet': {
        const [id, part] = [attributes(node).get('id'), attributes(node).get('part')];
        if (id !== undefined) snippets.add(part === undefined ? id : `${id}#${part}`);
        break;
      }
    }
  });
  return {
    use: {
      ...page,
      summary,
      claims: claims.map(({ id }) => id),
      terms: [...terms],
      snippets: [...snippets],
      refs: [...refs],
    },
    claims,
  };
}
