/**
 * `npm run bench`: how fast a launch digest is, how long the build takes, how long a reader waits for a result. Times depend on the machine and on what
 * else it does, so they are printed with their number and their spread, never asserted.
 */
import { mkdtempSync, rmSync } from 'node:fs';
import { availableParallelism, cpus, tmpdir } from 'node:os';
import { join } from 'node:path';
import type { Browser, Page } from 'playwright-core';
import { openBrowser, openPage, openQuietly } from '../browser.ts';
import { median } from '../measure.ts';
import { html, pagePaths, serveDist } from '../site.ts';
import { command } from '../suite.ts';
import { digestThroughput } from './digest.ts';

const BUILDS = 3;
const CLICKS = 15;
const EDITS = 30;

function report(what: string, times: readonly number[], unit: string, figure: string, method: string): void {
  const shown = (value: number) => (unit === 's' ? value.toFixed(1) : value.toFixed(0));
  const spread = `${shown(Math.min(...times))} to ${shown(Math.max(...times))}`;
  console.log(
    `${what}: median ${shown(median(times))} ${unit} (n = ${times.length}, ${spread}); figure: at most ${figure}`,
  );
  console.log(`  ${method}`);
}

async function builds(): Promise<void> {
  const times: number[] = [];
  for (let run = 0; run < BUILDS; run++) {
    const folder = mkdtempSync(join(tmpdir(), 'unmapped-'));
    try {
      const start = performance.now();
      const { code, output } = await command('npm', ['run', '-s', 'build', '--', '--cold'], { UNMAPPED_OUT: folder });
      if (code !== 0) throw new Error(output);
      times.push((performance.now() - start) / 1000);
    } finally {
      rmSync(folder, { recursive: true, force: true });
    }
  }
  report(
    'whole build, cold',
    times,
    's',
    '60 s',
    'npm run build -- --cold into an empty folder, wall clock with the start of npm',
  );
}

/** Presses Run in the page and waits until the result stands in the document: milliseconds by the page's own clock. */
function timeRun(page: Page): Promise<number> {
  return page.evaluate(async () => {
    const figure = document.querySelector('[data-snippet]:has([data-action="run"])') as HTMLElement;
    const button = figure.querySelector<HTMLElement>('[data-action="run"]') as HTMLElement;
    let ran = false;
    const start = performance.now();
    await new Promise<void>((done, fail) => {
      new MutationObserver((_, observer) => {
        const state = figure.dataset['state'];
        if (state === 'running') ran = true;
        else if (ran) {
          observer.disconnect();
          if (state === 'done') done();
          else fail(new Error(`the run ended as ${state}`));
        }
      }).observe(figure, { attributes: true, attributeFilter: ['data-state'] });
      button.click();
      setTimeout(() => fail(new Error('no result within 20 s')), 20_000);
    });
    return performance.now() - start;
  });
}

async function clicks(browser: Browser, url: string): Promise<void> {
  const times: number[] = [];
  for (let run = 0; run < CLICKS; run++) {
    const { page, close } = await openPage(browser);
    await openQuietly(page, url);
    times.push(await timeRun(page));
    await close();
  }
  report(
    'first click on Run to result',
    times,
    'ms',
    '400 ms',
    `${url}, each in a new context with an empty cache, from click to the result in the document`,
  );
}

async function edits(browser: Browser, url: string): Promise<void> {
  const { page, close } = await openPage(browser);
  await openQuietly(page, url);
  const figure = page.locator('[data-snippet]:has([data-action="run"])').first();
  await figure.locator('[data-action="edit"]').click();
  await figure.locator('.editor').waitFor();
  await page.waitForFunction(() => document.activeElement?.closest('.editor') !== null);
  const times: number[] = [];
  for (let run = 0; run <= EDITS; run++) {
    await page.keyboard.press('Control+End');
    await page.keyboard.type(`\n// ${run}`);
    const time = await timeRun(page);
    // The first run fetches and warms what the later ones use.
    if (run > 0) times.push(time);
    await page.evaluate(() => (document.querySelector('.editor') as HTMLElement).focus());
    await figure.locator('[data-action="edit"]').click();
  }
  await close();
  report(
    'edit to result, warm',
    times,
    'ms',
    '60 ms',
    `${url}, a line typed at the end each time, then Run: compiled, run in a fresh worker, shown`,
  );
}

console.log(
  `${availableParallelism()} cores, ${cpus()[0]?.model ?? 'unknown processor'}, Node ${process.versions.node}\n`,
);
digestThroughput();
if (!process.argv.includes('--no-build')) await builds();
const site = await serveDist();
const browser = await openBrowser();
try {
  console.log(`\nChromium ${browser.version()}`);
  const path = pagePaths().find((one) => one.startsWith('/history/') && html(one).includes('data-action="run"'));
  if (path === undefined) throw new Error('No chapter has a snippet');
  await clicks(browser, site.origin + path);
  await edits(browser, site.origin + path);
} finally {
  await browser.close();
  await site.close();
}
