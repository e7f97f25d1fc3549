/** The search box finds pages by identifiers, whole and in part, in any case, and says so where there is nothing. */
import assert from 'node:assert/strict';
import { after, before, test } from 'node:test';
import type { Browser, Page } from 'playwright-core';
import { pathOf } from '../src/citation/address.ts';
import { openBrowser, openPage, openQuietly } from './browser.ts';
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

/** A query and a page that its results must name. */
const QUERIES: readonly [query: string, page: string][] = [
  ['memfd', '/mechanisms/memfd-and-seals'],
  ['memfd_create', '/mechanisms/memfd-and-seals'],
  ['MFD_ALLOW_SEALING', '/mechanisms/memfd-and-seals'],
  ['F_ADD_SEALS', '/mechanisms/memfd-and-seals'],
  ['F_SEAL_GUEST', '/threads/f-seal-guest'],
  ['f_seal_guest', '/history/a-seal-for-guests'],
  ['SEAL_GUEST', '/history/a-seal-for-guests'],
  ['F_SEAL_FUTURE_WRITE', '/mechanisms/memfd-and-seals'],
  ['memfd_secret', '/mechanisms/memfd-secret'],
  ['secretmem', '/mechanisms/memfd-secret'],
  ['direct map', '/questions/is-the-direct-map-a-danger'],
  ['guest_memfd', '/mechanisms/guest-memfd'],
  ['KVM_CREATE_GUEST_MEMFD', '/mechanisms/guest-memfd'],
  ['EBUSY', '/mechanisms/memfd-and-seals'],
  ['RMPUPDATE', '/mechanisms/rmp'],
  ['PVALIDATE', '/mechanisms/rmp'],
  ['KVM_SEV_SNP_LAUNCH_UPDATE', '/threads/snp-launch-update'],
  ['launch digest', '/launch-digest'],
  ['KVM_CAP_VM_COPY_ENC_CONTEXT_FROM', '/mechanisms/sev-context-mirroring'],
  ['tdh_mem_page_aug', '/mechanisms/secure-ept'],
  ['MRTD', '/mechanisms/mrtd'],
];

async function search(page: Page, query: string): Promise<string[]> {
  const box = page.locator('input[type="search"]');
  // The list is opened when the answer is there, so an emptied box makes sure that it is this answer.
  await box.fill('');
  await page.locator('search [role="status"]').waitFor({ state: 'hidden' });
  await box.fill(query);
  await page.locator('search [role="status"]').waitFor({ timeout: 10_000 });
  const links = await page
    .locator('search a[href]')
    .evaluateAll((all) => all.map((link) => link.getAttribute('href') ?? ''));
  return links.map((link) => pathOf(link.replace(/[#?].*$/, '')) ?? link);
}

test('nothing of the search is loaded before it is used', async () => {
  const { page, requests, close } = await openPage(browser);
  await openQuietly(page, site.origin);
  assert.deepEqual(
    requests.filter((url) => url.includes('pagefind')),
    [],
  );
  await close();
});

for (const [query, wanted] of QUERIES) {
  test(`${query} finds ${wanted}`, async () => {
    const { page, problems, close } = await openPage(browser);
    await page.goto(`${site.origin}/about`);
    const found = await search(page, query);
    assert.ok(found.includes(wanted), `found ${found.join(', ') || 'nothing'}`);
    assert.deepEqual(problems, []);
    await close();
  });
}

test('a word that is nowhere finds nothing, and the page says so', async () => {
  const { page, close } = await openPage(browser);
  await page.goto(`${site.origin}/about`);
  assert.deepEqual(await search(page, 'xylophone'), []);
  await close();
});

test('the keyboard alone: arrow to a result, Enter opens it, Escape closes the list', async () => {
  const { page, close } = await openPage(browser);
  await page.goto(`${site.origin}/about`);
  await page.keyboard.press('/');
  assert.ok(
    await page.locator('input[type="search"]').evaluate((box) => box === document.activeElement),
    '/ goes to the box',
  );
  await search(page, 'F_SEAL_GUEST');
  await page.keyboard.press('Escape');
  assert.equal(await page.locator('search a[href]:visible').count(), 0);
  await search(page, 'memfd_secret');
  await page.keyboard.press('ArrowDown');
  await page.keyboard.press('Enter');
  await page.waitForURL((url) => pathOf(url.pathname) !== '/about');
  await close();
});
