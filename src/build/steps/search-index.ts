/** The search index, by Pagefind: from the built pages, in the order of their addresses. */
import { mkdirSync, writeFileSync } from 'node:fs';
import { dirname, join } from 'node:path';
import { close, createIndex } from 'pagefind';
import { readPages } from '../built.ts';
import { OUT } from '../settings.ts';

/** Of what Pagefind offers only the plain interface is served; its ready-made boxes are 350 kB that nobody loads. */
const SERVED =
  /^(pagefind\.js|pagefind-worker\.js|pagefind-entry\.json|wasm\.en\.pagefind|.*\.pf_meta|(fragment|index|filter)\/.*)$/;

const BODY = 'data-pagefind-body';

/** What stands elsewhere as well: lists, and the cells and pairs of the comparison. A hit there would hide the page itself. */
const ELSEWHERE = /^\/(claims|sources|compare\/[^/]+\/.+)$/;

/**
 * Claims, recordings and comparisons have many small pages, which must not hide the others, so the box asks for prose and for the rest
 * one after the other. One filter with one value: Pagefind writes several in an order that changes from run to run.
 */
const isProse = (path: string): boolean => !/^\/((c|evidence|compare)\/|(compare|timeline)$)/.test(path);

/** Who types the name of a call wants its reference page before the stories in which it plays. */
const REFERENCE = 3;

export async function writeSearchIndex(): Promise<string> {
  const { index, errors } = await createIndex({ forceLanguage: 'en' });
  if (index === undefined) throw new Error(errors.join('\n'));
  let pages = 0;
  for (const { path, html } of readPages(OUT)) {
    if (!html.includes(BODY) || ELSEWHERE.test(path)) continue;
    const weight = path.startsWith('/mechanisms/') ? ` data-pagefind-weight="${REFERENCE}"` : '';
    const content = isProse(path) ? html.replace(BODY, `${BODY} data-pagefind-filter="prose:yes"${weight}`) : html;
    const added = await index.addHTMLFile({ url: path, content });
    if (added.errors.length > 0) throw new Error(`${path}: ${added.errors.join('; ')}`);
    pages += 1;
  }
  const { files, errors: failed } = await index.getFiles();
  if (failed.length > 0) throw new Error(failed.join('\n'));
  for (const { path, content } of files) {
    if (!SERVED.test(path)) continue;
    const target = join(OUT, 'pagefind', path);
    mkdirSync(dirname(target), { recursive: true });
    writeFileSync(target, content);
  }
  await close();
  return `${pages} pages`;
}
