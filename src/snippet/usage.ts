/** Which snippets and parts the pages name, and what of it does not fit: a missing one, an unused one. */
import { existsSync, readdirSync, readFileSync } from 'node:fs';
import { join } from 'node:path';
import { lineAt, type Problem, type SnippetSource } from './files.ts';

/** A place in a page that names a snippet. */
export interface Mention {
  readonly file: string;
  readonly line: number;
  readonly id: string;
  readonly part?: string;
}

/** Folders whose pages show snippets, and the endings of their pages. */
const PAGES: readonly (readonly [string, string])[] = [
  ['content/docs', '.mdx'],
  ['src/pages', '.astro'],
  ['src/components', '.astro'],
];

/** The attribute of each component that names a snippet. */
const NAMES: Readonly<Record<string, string>> = { Snippet: 'id', Stepper: 'snippet', Claim: 'snippet' };

/** Code in a page is shown, not used: it is blanked, so that lines stay. */
function withoutCode(text: string): string {
  const blank = (found: string): string => found.replace(/[^\n]/g, ' ');
  return text.replace(/^(```|~~~)[\s\S]*?^\1/gm, blank).replace(/`[^`\n]*`/g, blank);
}

function attribute(tag: string, name: string): string | undefined {
  return new RegExp(`\\s${name}\\s*=\\s*(?:"([^"]*)"|'([^']*)'|\\{\\s*['"\`]([^'"\`]*)['"\`]\\s*\\})`)
    .exec(tag)
    ?.slice(1)
    .find((value) => value !== undefined);
}

/** What a page's text names. */
export function mentions(file: string, text: string): Mention[] {
  const source = file.endsWith('.mdx') ? withoutCode(text) : text;
  return [...source.matchAll(/<(Snippet|Stepper|Claim)\b(?:[^>"']|"[^"]*"|'[^']*')*>/g)].flatMap((tag) => {
    const id = attribute(tag[0], NAMES[tag[1] ?? ''] ?? 'id');
    const part = attribute(tag[0], 'part');
    // A tag inside the text of a message, such as a component's own error, names no snippet.
    if (id === undefined || id.includes('${')) return [];
    const at = { file, line: lineAt(source, tag.index), id };
    return [part === undefined ? at : { ...at, part }];
  });
}

/** All mentions in all pages. */
export function allMentions(root: string): Mention[] {
  return PAGES.flatMap(([folder, ending]) => {
    if (!existsSync(join(root, folder))) return [];
    return readdirSync(join(root, folder), { recursive: true, encoding: 'utf8' })
      .filter((path) => path.endsWith(ending))
      .sort()
      .flatMap((path) => {
        const file = `${folder}/${path.replaceAll('\\', '/')}`;
        return mentions(file, readFileSync(join(root, file), 'utf8'));
      });
  });
}

/** Snippets and parts that pages name and that are not there; those that are there and that no page names. */
export function misuse(snippets: readonly SnippetSource[], found: readonly Mention[]): Problem[] {
  const known = new Map(snippets.map((snippet) => [snippet.id, snippet]));
  const missing = found.flatMap(({ file, line, id, part }): Problem[] => {
    const snippet = known.get(id);
    if (!snippet) return [{ file, line, message: `There is no snippet ‘${id}’ (content/snippets/${id}.ts).` }];
    if (part === undefined || snippet.parts.some(({ name }) => name === part)) return [];
    return [{ file, line, message: `The snippet ‘${id}’ has no part ‘${part}’.` }];
  });
  const named = new Set(found.map(({ id }) => id));
  const parts = new Set(found.map(({ id, part }) => `${id}#${part}`));
  const unused = snippets.flatMap(({ id, file, parts: own }): Problem[] => {
    if (!named.has(id)) return [{ file, line: 1, message: `No page uses the snippet ‘${id}’.` }];
    return own
      .filter(({ name }) => !parts.has(`${id}#${name}`))
      .map(({ name, first }) => ({ file, line: first - 1, message: `No page uses the part ‘${name}’.` }));
  });
  return [...missing, ...unused];
}
