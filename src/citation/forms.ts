/** The forms in which a claim leaves the site: plain text for mail, Markdown, BibTeX. Pure functions of the claim. */
import { absolute, isLocal } from './address.ts';
import { relevant } from './shown.ts';
import { type Cited, type Claim, type Shown, statusText } from './types.ts';
import { wrap } from './wrap.ts';

/** Lines of a snippet that a citation shows at most. */
const MAX_SHOWN = 4;

const LOCAL_NOTE = 'This address works only on the machine that serves this copy of the site.';

/** The permanent address of a claim. */
export function permalink(id: string): string {
  return absolute(`/c/${id}`);
}

/** Where a source can be read: its own address, or that of its page here. */
export function sourceUrl(source: Cited): string | undefined {
  return source.url ?? (source.path === undefined ? undefined : absolute(source.path));
}

function label(claim: Claim): string {
  return `${claim.id}, ${statusText(claim.status)}`;
}

function shownLines(claim: Claim): readonly Shown[] {
  return relevant(claim.shown, claim.text, MAX_SHOWN);
}

/** `4 of 11 results of f-seal-guest/empty-only, computed by a model` */
function shownTitle(claim: Claim): string {
  const [some, every] = [shownLines(claim).length, claim.shown.length];
  const count = every === 1 ? 'Result' : some === every ? 'Results' : `${some} of ${every} results`;
  return `${count} of ${claim.snippet}, computed by a model`;
}

/**
 * Plain text for mail: at most 72 columns, no line that a mail program would break, the link on a line of its own at
 * the end. Code and addresses that are longer than a line stay whole.
 */
export function mailForm(claim: Claim): string {
  const lines = wrap(`${claim.text} [${label(claim)}]`);
  const results = shownLines(claim);
  if (results.length > 0) {
    lines.push('', ...wrap(`${shownTitle(claim)}:`));
    for (const { code, result } of results) {
      const one = `  ${code}  -> ${result}`;
      lines.push(...(one.length <= 72 ? [one] : [`  ${code}`, `    -> ${result}`]));
    }
  }
  lines.push('');
  for (const source of claim.sources) {
    lines.push(...wrap(`Source: ${source.title}`, '', '  '));
    const url = sourceUrl(source);
    if (url !== undefined) lines.push(`  ${url}`);
  }
  if (isLocal()) lines.push(...wrap(`(${LOCAL_NOTE})`));
  lines.push(permalink(claim.id));
  return `${lines.join('\n')}\n`;
}

function escapeMarkdown(text: string): string {
  return text.replace(/[\\`*_[\]<>]/g, '\\$&');
}

/** Markdown: a quotation with its permalink, the results as a code block, the sources as a list. */
export function markdownForm(claim: Claim): string {
  const text = claim.markdown.replace(/\]\((\/[^)]*)\)/g, (_, path: string) => `](${absolute(path)})`);
  const lines = [`> ${text} ([${claim.id}](${permalink(claim.id)}), ${statusText(claim.status)})`];
  const results = shownLines(claim);
  if (results.length > 0) {
    lines.push('', `${escapeMarkdown(shownTitle(claim))}:`, '', '```ts');
    for (const { code, result } of results) lines.push(`${code} // → ${result}`);
    lines.push('```');
  }
  lines.push('');
  for (const source of claim.sources) {
    const url = sourceUrl(source);
    const title = escapeMarkdown(source.title);
    lines.push(`- ${url === undefined ? title : `[${title}](${url})`}`);
  }
  if (isLocal()) lines.push('', `(${LOCAL_NOTE})`);
  return `${lines.join('\n')}\n`;
}

const TEX: Record<string, string> = {
  '\\': '\\textbackslash{}',
  '~': '\\textasciitilde{}',
  '^': '\\textasciicircum{}',
  '{': '\\{',
  '}': '\\}',
  '#': '\\#',
  $: '\\$',
  '%': '\\%',
  '&': '\\&',
  _: '\\_',
};

function tex(text: string): string {
  return text.replace(/[\\~^{}#$%&_]/g, (character) => TEX[character] as string);
}

/** BibTeX: an entry whose key is stable because the id is; the date is that of the page's last revision. */
export function bibtexForm(claim: Claim): string {
  const sources = claim.sources.map(({ title }) => title).join('; ');
  const notes = [`Claim ${claim.id} (${statusText(claim.status)}): ${claim.text}`, `Sources: ${sources}.`];
  if (isLocal()) notes.push(LOCAL_NOTE);
  const fields: [string, string][] = [
    ['author', '{Unmapped}'],
    ['title', `{${tex(claim.page.title)}}, claim ${claim.id}`],
    ['year', claim.page.revised.slice(0, 4)],
    ['month', String(Number(claim.page.revised.slice(5, 7)))],
    ['date', claim.page.revised],
    ['url', permalink(claim.id)],
    ['note', tex(notes.join(' '))],
  ];
  const body = fields.map(([name, value]) => `  ${name.padEnd(6)} = {${value}},`);
  return [`@misc{unmapped-${claim.id},`, ...body, '}', ''].join('\n');
}

/** A page as a source: what a reference to it needs. */
export interface CitedPage {
  /** Path from the root of the site. */
  readonly path: string;
  readonly title: string;
  /** ISO date. */
  readonly revised: string;
}

/** One line that cites a whole page. */
export function pageLine({ path, title, revised }: CitedPage): string {
  return `Unmapped, "${title}", revised ${revised}, ${absolute(path)}${isLocal() ? ` (${LOCAL_NOTE})` : ''}`;
}

/** BibTeX of a whole page; the key is its path. */
export function pageBibtex({ path, title, revised }: CitedPage): string {
  const fields: [string, string][] = [
    ['author', '{Unmapped}'],
    ['title', `{${tex(title)}}`],
    ['year', revised.slice(0, 4)],
    ['month', String(Number(revised.slice(5, 7)))],
    ['date', revised],
    ['url', absolute(path)],
    ['note', isLocal() ? LOCAL_NOTE : 'Design history of Linux guest private memory'],
  ];
  const body = fields.map(([name, value]) => `  ${name.padEnd(6)} = {${value}},`);
  return [`@misc{unmapped-${path.slice(1).replaceAll('/', '-')},`, ...body, '}', ''].join('\n');
}
