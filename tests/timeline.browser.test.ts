/** The timeline's filters, as a reader without JavaScript uses them: by keyboard. */
import assert from 'node:assert/strict';
import { after, before, test } from 'node:test';
import type { Browser } from 'playwright-core';
import { openBrowser, openPage } from './browser.ts';
import { serveDist } from './site.ts';

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

test('a design and a kind leave the events of both, without a script; all brings the others back', async () => {
  const { page, problems, close } = await openPage(browser, { javaScriptEnabled: false });
  await page.goto(`${site.origin}/timeline`);
  const shown = () => page.locator('.events > li:visible').count();
  const all = await shown();
  assert.ok(all > 100, `${all} events`);

  await page.locator('input[value="g-f-seal-guest"]').check();
  const ofDesign = await shown();
  assert.equal(ofDesign, await page.locator('.events > .g-f-seal-guest').count());
  assert.ok(ofDesign > 0 && ofDesign < all);
  assert.equal(await page.locator('.of-year > h2:visible').count(), 0);

  await page.locator('input[name="kind"]').first().focus();
  await page.keyboard.press('ArrowRight');
  const kind = await page.locator('input[name="kind"]:checked').getAttribute('value');
  assert.equal(await shown(), await page.locator(`.events > .g-f-seal-guest.${kind}`).count());

  await page.locator('input[name="design"][value=""]').check();
  await page.locator('input[name="kind"][value=""]').check();
  assert.equal(await shown(), all);
  assert.deepEqual(problems, []);
  await close();
});

test('every event has an address and a source', async () => {
  const { page, close } = await openPage(browser);
  await page.goto(`${site.origin}/timeline`);
  const without = await page
    .locator('.events > li')
    .evaluateAll((events) =>
      events
        .filter((event) => event.id === '' || event.querySelector('a[href^="https://"], a[href*="/sources#"]') === null)
        .map(({ id }) => id),
    );
  assert.deepEqual(without, []);
  await close();
});
