/**
 * The last look at the built site: no dangling link, anchor or reference, no id twice, nothing that the policy would
 * refuse, no picture without words, one title for each page. Every mistake is named before the build fails.
 */
import { existsSync, statSync } from 'node:fs';
import { join } from 'node:path';
import { pathOf } from '../../citation/address.ts';
import { type BuiltPage, readPages } from '../built.ts';
import { META_POLICY, THEME_SCRIPT } from '../policy.ts';
import { OUT } from '../settings.ts';
import { type Tag, tags } from '../tags.ts';

/** Attributes whose value names ids of the same page. */
const REFERENCES = ['for', 'aria-controls', 'aria-labelledby', 'aria-describedby', 'popovertarget'];
const LINKS = ['href', 'src'];

interface Read extends BuiltPage {
  readonly tags: readonly Tag[];
  readonly ids: ReadonlySet<string>;
}

const known = new Map<string, boolean>();

/** Does a file answer at this path from the root of the site? */
function stands(path: string): boolean {
  const before = known.get(path);
  if (before !== undefined) return before;
  const answer = fileStands(path);
  known.set(path, answer);
  return answer;
}

function fileStands(path: string): boolean {
  const file = join(OUT, decodeURIComponent(path));
  return (
    (existsSync(file) && statSync(file).isFile()) || existsSync(`${file}.html`) || existsSync(join(file, 'index.html'))
  );
}

function checkMarkup(page: Read): string[] {
  const wrong: string[] = [];
  const seen = new Set<string>();
  let titles = 0;
  let policy = false;
  for (const { name, attributes, text } of page.tags) {
    const id = attributes.get('id');
    if (id !== undefined) {
      if (seen.has(id) || id === '') wrong.push(`the id "${id}" stands twice`);
      seen.add(id);
    }
    for (const key of attributes.keys()) {
      if (key === 'style' || /^on[a-z]/.test(key))
        wrong.push(`<${name}> has the attribute ${key}, which the policy refuses`);
    }
    for (const key of REFERENCES) {
      for (const target of attributes.get(key)?.split(/\s+/) ?? []) {
        if (!page.ids.has(target)) wrong.push(`<${name}> names the id "${target}" in ${key}, and no element has it`);
      }
    }
    if (name === 'h1') titles += 1;
    if (name === 'style') wrong.push('a style element, which the policy refuses');
    if (name === 'script' && !attributes.has('src') && text !== THEME_SCRIPT)
      wrong.push('an inline script that is not the theme script');
    if (name === 'img' && attributes.get('alt') === undefined)
      wrong.push(`a picture without words: ${attributes.get('src')}`);
    if (name === 'meta' && attributes.get('http-equiv') === 'Content-Security-Policy')
      policy = attributes.get('content') === META_POLICY;
  }
  if (titles !== 1) wrong.push(`${titles} h1 elements instead of one`);
  if (!policy) wrong.push('the policy is missing or is not the one of all pages');
  return wrong;
}

function checkLinks(page: Read, pages: ReadonlyMap<string, Read>): string[] {
  const wrong: string[] = [];
  for (const { name, attributes } of page.tags) {
    for (const key of LINKS) {
      const link = attributes.get(key);
      if (link === undefined || /^(https:|mailto:)/.test(link)) continue;
      if (/^http:/.test(link) && attributes.get('rel') !== 'canonical') wrong.push(`<${name}> ${link}: not https`);
      if (/^[a-z]+:/.test(link)) continue;
      const [before = '', fragment] = link.split('#', 2);
      const path = before === '' ? page.path : pathOf(before.split('?', 1)[0] ?? '');
      if (path === undefined) wrong.push(`<${name}> ${link}: outside of the base path`);
      else if (!stands(path)) wrong.push(`<${name}> ${link}: nothing stands there`);
      else if (fragment) {
        const target = pages.get(path);
        if (target !== undefined && !target.ids.has(decodeURIComponent(fragment)))
          wrong.push(`<${name}> ${link}: no such id there`);
      }
    }
  }
  return wrong;
}

export function checkSite(): string {
  const pages = new Map<string, Read>();
  for (const page of readPages(OUT)) {
    if (page.path === '/sandbox') continue;
    const all = [...tags(page.html)];
    const ids = new Set(all.map((tag) => tag.attributes.get('id')).filter((id) => id !== undefined));
    pages.set(page.path, { ...page, tags: all, ids });
  }
  const wrong: string[] = [];
  let links = 0;
  for (const page of pages.values()) {
    links += page.tags.filter((tag) => tag.attributes.has('href')).length;
    for (const message of [...checkMarkup(page), ...checkLinks(page, pages)]) wrong.push(`${page.file}: ${message}`);
  }
  if (wrong.length > 0) throw new Error(wrong.join('\n'));
  return `${pages.size} pages, ${links} links`;
}
