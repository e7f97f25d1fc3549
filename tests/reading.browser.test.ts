/** Reading comes first: every page without JavaScript, and one of each kind on paper and with a chosen theme. */
import assert from 'node:assert/strict';
import { after, before, describe, test } from 'node:test';
import type { Browser, Page } from 'playwright-core';
import { openBrowser, openPage, Pages } from './browser.ts';
import { inside, plain } from './html.ts';
import { html, onePerKind, sampledPaths, serveDist } from './site.ts';

/** Results, and the frames of a stepper; not what a reader has to unfold, such as the lines before a part. */
const RESULTS = '[data-line]:not(details:not([open]) *), .frames > li';

let browser: Browser;
let site: Awaited<ReturnType<typeof serveDist>>;

before(async () => {
  site = await serveDist();
  browser = await openBrowser();
});

after(async () => {
  await browser.close();
  await site.close();
});

describe('without JavaScript', { concurrency: 2 }, () => {
  let pages: Pages;

  before(() => {
    pages = new Pages(browser, { javaScriptEnabled: false });
  });

  after(() => pages.close());

  for (const path of sampledPaths()) {
    test(path, async () => {
      const watched = await pages.take();
      const { page, problems } = watched;
      await page.goto(site.origin + (path === '/404' ? '/no-such-page' : path));
      const main = page.locator('main');
      assert.ok(await main.isVisible(), 'the text is there');
      const said = (await main.innerText()).replaceAll(/\s+/g, ' ');
      const written = plain(inside(html(path), 'main'));
      assert.ok(said.length > written.length / 2, `${said.length} of ${written.length} characters are shown`);
      for (const snippet of await page.locator('[data-snippet]').all()) {
        const id = await snippet.getAttribute('data-snippet');
        const results = await snippet.locator(RESULTS).all();
        assert.ok(results.length > 0, `${id} has results or frames`);
        for (const result of results) {
          if ((await result.textContent())?.trim() !== '')
            assert.ok(await result.isVisible(), `${id}: a result is hidden`);
        }
        for (const control of await snippet.locator('[data-action="run"], [data-action="edit"]').all()) {
          assert.ok(!(await control.isVisible()), `${id}: a control that does nothing is shown`);
        }
      }
      assert.deepEqual(
        problems.filter((problem) => !/status of 404/.test(problem)),
        [],
      );
      pages.give(watched);
    });
  }
});

/** Lightness of the colour behind an element, 0 to 1, as the browser computes it. */
function lightness(page: Page, selector: string): Promise<number> {
  return page
    .locator(selector)
    .first()
    .evaluate((element) => {
      const canvas = new OffscreenCanvas(1, 1).getContext('2d') as OffscreenCanvasRenderingContext2D;
      canvas.fillStyle = '#fff';
      canvas.fillRect(0, 0, 1, 1);
      canvas.fillStyle = getComputedStyle(element).backgroundColor;
      canvas.fillRect(0, 0, 1, 1);
      const [r = 0, g = 0, b = 0] = canvas.getImageData(0, 0, 1, 1).data;
      return (r + g + b) / 765;
    });
}

describe('on paper', () => {
  for (const { kind, path } of onePerKind()) {
    test(`${kind}: ${path}`, async () => {
      const { page, close } = await openPage(browser, { colorScheme: 'dark', viewport: { width: 794, height: 1123 } });
      await page.goto(site.origin + path);
      await page.emulateMedia({ media: 'print', colorScheme: 'dark' });
      assert.ok(await page.locator('main').isVisible(), 'the text is printed');
      assert.ok((await lightness(page, 'body')) > 0.97, 'paper stays white in the dark theme');
      const shown = await page
        .locator(
          'button:not(.term, [data-action="try"]), input, select, textarea, nav, [data-action]:not([data-action="try"])',
        )
        .evaluateAll((all) => all.filter((one) => one.checkVisibility()).map((one) => one.outerHTML.slice(0, 120)));
      assert.deepEqual(
        shown,
        [],
        'controls and navigation that do nothing on paper (a term and the label of a break are words, and stay)',
      );
      for (const result of await page.locator(RESULTS).all()) {
        if ((await result.textContent())?.trim() !== '') assert.ok(await result.isVisible(), 'results are printed');
      }
      const wide = await page.evaluate(
        () => document.documentElement.scrollWidth - document.documentElement.clientWidth,
      );
      assert.ok(wide <= 1, `${wide} px are cut off at the right`);
      assert.ok((await page.pdf({ format: 'A4' })).length > 10_000, 'it prints');
      await close();
    });
  }
});

describe('theme', () => {
  /** The background as of the first frame, and at rest: they differ where the page flashes. */
  async function frames(
    chosen: 'light' | 'dark',
    system: 'light' | 'dark',
  ): Promise<{ first: string; last: string; light: number }> {
    const { page, close } = await openPage(browser, { colorScheme: system });
    await page.goto(site.origin);
    const control = page
      .locator('[data-theme-choice], [data-action="theme"], button[aria-label*="heme" i], #theme')
      .first();
    assert.ok(await control.isVisible(), 'a control for the theme is there');
    for (let press = 0; press < 4; press++) {
      const dark = (await lightness(page, 'html')) < 0.5;
      if (dark === (chosen === 'dark')) break;
      await control.click();
    }
    await page.addInitScript(() => {
      requestAnimationFrame(() => {
        document.documentElement.dataset['firstFrame'] = getComputedStyle(document.documentElement).backgroundColor;
      });
    });
    await page.goto(`${site.origin}/about`);
    const first = await page.evaluate(() => document.documentElement.dataset['firstFrame'] ?? '');
    const last = await page.evaluate(() => getComputedStyle(document.documentElement).backgroundColor);
    const light = await lightness(page, 'html');
    await close();
    return { first, last, light };
  }

  for (const [chosen, system] of [
    ['dark', 'light'],
    ['light', 'dark'],
  ] as const) {
    test(`${chosen} chosen on a ${system} system holds from the first frame of the next page`, async () => {
      const { first, last, light } = await frames(chosen, system);
      assert.equal(first, last);
      assert.equal(light > 0.5, chosen === 'light');
    });
  }
});
