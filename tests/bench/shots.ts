/**
 * `npm run shots`: one picture of each kind of page for each way of looking at it, into `shots/`, to be judged by the
 * checklist in CONTRIBUTING.md. Names of kinds or paths as arguments limit it: `npm run shots -- home /about`.
 */
import { mkdirSync, rmSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import type { BrowserContextOptions, Page } from 'playwright-core';
import { openBrowser, openPage, openQuietly } from '../browser.ts';
import { onePerKind, pagePaths, serveDist } from '../site.ts';
import { ROOT } from '../suite.ts';

interface View {
  readonly name: string;
  readonly options: BrowserContextOptions;
  prepare?(page: Page): Promise<void>;
}

const DESK = { width: 1440, height: 900 };

const VIEWS: readonly View[] = [
  { name: '1440', options: { viewport: DESK, colorScheme: 'light' } },
  { name: 'dark', options: { viewport: DESK, colorScheme: 'dark' } },
  {
    name: '390',
    options: { viewport: { width: 390, height: 844 }, deviceScaleFactor: 2, isMobile: true, hasTouch: true },
  },
  { name: 'no-script', options: { viewport: DESK, javaScriptEnabled: false } },
  {
    name: 'print',
    options: { viewport: { width: 794, height: 1123 }, colorScheme: 'light' },
    prepare: (page) => page.emulateMedia({ media: 'print' }),
  },
];

const wanted = process.argv.slice(2);
const all = [...onePerKind(), ...pagePaths().map((path) => ({ kind: path.slice(1).replaceAll('/', '-'), path }))];
const chosen =
  wanted.length === 0 ? onePerKind() : all.filter(({ kind, path }) => wanted.includes(path) || wanted.includes(kind));
if (chosen.length === 0) throw new Error(`No page or kind of page is called ${wanted.join(', ')}`);

const folder = join(ROOT, 'shots');
if (wanted.length === 0) rmSync(folder, { recursive: true, force: true });
mkdirSync(folder, { recursive: true });

const site = await serveDist();
const browser = await openBrowser();
try {
  for (const { kind, path } of chosen) {
    for (const view of VIEWS) {
      const { page, close } = await openPage(browser, { reducedMotion: 'reduce', ...view.options });
      await openQuietly(page, site.origin + path);
      await view.prepare?.(page);
      const file = join(folder, `${kind}-${view.name}.png`);
      await page.screenshot({ path: file, fullPage: true });
      if (view.name === 'print') writeFileSync(file.replace('.png', '.pdf'), await page.pdf({ format: 'A4' }));
      console.log(file.slice(ROOT.length + 1));
      await close();
    }
  }
} finally {
  await browser.close();
  await site.close();
}
