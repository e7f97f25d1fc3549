/** sitemap.xml and robots.txt: both hold full addresses, so both follow SITE_URL. */
import { writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { absolute } from '../../citation/address.ts';
import { readPages } from '../built.ts';
import { OUT } from '../settings.ts';

const revisedIn = (html: string): string | undefined => /page revised <time datetime="([\d-]+)"/.exec(html)?.[1];

export function writeAddressFiles(): string {
  const entries: string[] = [];
  for (const page of readPages(OUT)) {
    if (page.html.includes('<meta name="robots" content="noindex">') || page.path === '/sandbox') continue;
    const date = revisedIn(page.html);
    entries.push(
      `<url><loc>${absolute(page.path)}</loc>${date === undefined ? '' : `<lastmod>${date}</lastmod>`}</url>`,
    );
  }
  const sitemap = `<?xml version="1.0" encoding="UTF-8"?>\n<urlset xmlns="http://www.sitemaps.org/schemas/sitemap/0.9">\n${entries.join('\n')}\n</urlset>\n`;
  writeFileSync(join(OUT, 'sitemap.xml'), sitemap);
  writeFileSync(join(OUT, 'robots.txt'), `User-agent: *\nAllow: /\n\nSitemap: ${absolute('/sitemap.xml')}\n`);
  return `${entries.length} addresses`;
}
