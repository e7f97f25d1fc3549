/** Writes `page.txt` and `page.md` beside every built page. */
import { existsSync, readdirSync, readFileSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { markdownPage } from './markdown.ts';
import { plainPage } from './plain.ts';
import { readPage } from './read.ts';

/** Pages that are not for reading: what stands at no address of its own, and the frame in which snippets run. */
const LEFT_OUT = ['404.html', 'sandbox.html'];

/** The address of a built file from the root of the site: `history/x.html` is `/history/x`, `index.html` is `/`. */
function pathOfFile(file: string): string {
  const path = `/${file.slice(0, -'.html'.length)}`;
  return path === '/index' ? '/' : path.replace(/\/index$/, '');
}

/**
 * Makes the text forms of every page below `out`; a form that the site has made itself, such as those of a claim, is
 * left as it is. Returns the number of pages. Errors: a page that has no main part.
 */
export function writeTextForms(out: string): number {
  const files = readdirSync(out, { recursive: true, encoding: 'utf8' })
    .map((file) => file.replaceAll('\\', '/'))
    .filter((file) => file.endsWith('.html') && !LEFT_OUT.includes(file) && !file.startsWith('pagefind/'))
    .sort();
  for (const file of files) {
    const forms = { txt: plainPage, md: markdownPage };
    const page = readPage(readFileSync(join(out, file), 'utf8'), pathOfFile(file));
    for (const [ending, write] of Object.entries(forms)) {
      const target = join(out, file.replace(/html$/, ending));
      if (!existsSync(target)) writeFileSync(target, write(page));
    }
  }
  return files.length;
}
