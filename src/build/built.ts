/** The built pages, as later steps read them. */
import { readdirSync, readFileSync } from 'node:fs';
import { join, sep } from 'node:path';

export interface BuiltPage {
  /** Below the output folder, with slashes: `history/a-seal-for-guests.html`. */
  readonly file: string;
  /** Address from the root of the site: `/history/a-seal-for-guests`, `/` for the home page. */
  readonly path: string;
  readonly html: string;
}

/** Every HTML file below `out`, in the order of their names. */
export function readPages(out: string): BuiltPage[] {
  return readdirSync(out, { recursive: true, encoding: 'utf8' })
    .map((file) => file.split(sep).join('/'))
    .filter((file) => file.endsWith('.html') && !file.startsWith('pagefind/'))
    .sort()
    .map((file) => ({
      file,
      path: `/${file.replace(/\.html$/, '').replace(/(^|\/)index$/, '')}`,
      html: readFileSync(join(out, file), 'utf8'),
    }));
}
