/**
 * Every page that somebody wrote, and a sample of those that a template makes by the hundred, in a real browser: no policy
 * violation and no error, no accessibility violation in light and in dark, no scrolling to the side on a phone.
 */
import assert from 'node:assert/strict';
import { after, before, describe, test } from 'node:test';
import axe from 'axe-core';
import type { Browser, Page } from 'playwright-core';
import { openBrowser, Pages, type Watched } from './browser.ts';
import { sampledPaths, serveDist } from './site.ts';

const DESK = { width: 1440, height: 900 };

let browser: Browser;
let pages: Pages;
let site: Awaited<ReturnType<typeof serveDist>>;

before(async () => {
  site = await serveDist();
  browser = await openBrowser();
  pages = new Pages(browser, { colorScheme: 'light', reducedMotion: 'reduce' });
});

after(async () => {
  await pages.close();
  await browser.close();
  await site.close();
});

/** What axe finds on the page as it stands, one line for each element; by all its rules or by those of one tag. */
async function violations(page: Page, tag?: string): Promise<string[]> {
  if (!(await page.evaluate(() => 'axe' in globalThis))) await page.evaluate(axe.source);
  const results = await page.evaluate(async (only) => {
    const engine = (globalThis as unknown as { axe: typeof axe }).axe;
    const rules = only === undefined ? {} : { runOnly: { type: 'tag' as const, values: [only] } };
    return engine.run(document, { preload: false, resultTypes: ['violations'], ...rules });
  }, tag);
  return results.violations.flatMap((violation) =>
    violation.nodes.map(
      (node) => `${violation.id}: ${node.target.join(' ')} ${node.failureSummary?.split('\n')[1]?.trim()}`,
    ),
  );
}

/** Elements that stick out of the window to the right, unless something around them scrolls or clips. */
function sticksOut(page: Page): Promise<string[]> {
  return page.evaluate(() => {
    const width = document.documentElement.clientWidth;
    if (document.documentElement.scrollWidth <= width) return [];
    const wide = [...document.querySelectorAll('body *')].filter((element) => {
      if (element.getBoundingClientRect().right <= width + 1) return false;
      for (let parent = element.parentElement; parent !== null; parent = parent.parentElement) {
        if (parent !== document.body && getComputedStyle(parent).overflowX !== 'visible') return false;
      }
      return true;
    });
    return [
      `scrollWidth ${document.documentElement.scrollWidth} > ${width}`,
      ...wide.slice(0, 5).map((e) => `${e.tagName}.${e.className}`),
    ];
  });
}

describe('every page', { concurrency: 2 }, () => {
  for (const path of sampledPaths()) {
    describe(path, { concurrency: 1 }, () => {
      let watched: Watched;

      before(async () => {
        watched = await pages.take();
        await watched.page.setViewportSize(DESK);
        await watched.page.emulateMedia({ colorScheme: 'light' });
        const address = path === '/404' ? '/there-is-no-such-page' : path;
        const response = await watched.page.goto(site.origin + address, { waitUntil: 'load' });
        assert.equal(response?.status(), path === '/404' ? 404 : 200);
      });

      after(() => pages.give(watched));

      test('accessible in light', async () => assert.deepEqual(await violations(watched.page), []));

      test('accessible in dark', async () => {
        await watched.page.emulateMedia({ colorScheme: 'dark' });
        // The themes differ in colors and in nothing else.
        assert.deepEqual(await violations(watched.page, 'cat.color'), []);
      });

      test('fits a phone', async () => {
        await watched.page.setViewportSize({ width: 390, height: 844 });
        assert.deepEqual(await sticksOut(watched.page), []);
      });

      test('no violation of its policy, no error', () => {
        // The browser itself reports the status of the page for addresses that do not exist.
        const problems = watched.problems.filter((problem) => path !== '/404' || !/status of 404/.test(problem));
        assert.deepEqual(problems, []);
      });
    });
  }
});
