/** Citing as a reader does it: one key, the menu at a mark, the copy buttons, definitions; with and without scripts. */
import assert from 'node:assert/strict';
import { after, before, describe, test } from 'node:test';
import type { Browser, BrowserContextOptions, Page } from 'playwright-core';
import { openBrowser, openPage, type Watched } from './browser.ts';
import { html, onePerKind, pagePaths, serveDist } from './site.ts';

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

const chapter = onePerKind().find(({ kind }) => kind === 'chapter')?.path ?? '';
const withTerms = pagePaths().find((path) => html(path).includes('class="term"')) ?? '';

async function visit(path: string, options: BrowserContextOptions = {}): Promise<Watched> {
  const watched = await openPage(browser, { permissions: ['clipboard-read', 'clipboard-write'], ...options });
  await watched.page.goto(site.origin + path);
  return watched;
}

const clipboard = (page: Page): Promise<string> => page.evaluate(() => navigator.clipboard.readText());
const said = (page: Page, text: string): Promise<void> => page.getByRole('status').getByText(text).waitFor();

/** What the site answers at the address of a claim's form. */
async function form(page: Page, id: string, ending: string): Promise<string> {
  const answer = await page.request.get(`${site.origin}/c/${id}${ending}`);
  assert.equal(answer.status(), 200);
  return await answer.text();
}

describe('a chapter', () => {
  test('c copies the claim under the pointer as text for mail, and says so', async () => {
    const { page, problems, close } = await visit(chapter);
    const claim = page.locator('.claim').first();
    const id = (await claim.getAttribute('data-claim')) ?? '';
    await claim.hover();
    await page.keyboard.press('c');
    await said(page, `Copied: claim ${id} as text for mail`);
    assert.equal(await clipboard(page), await form(page, id, '.txt'));
    assert.deepEqual(problems, []);
    await close();
  });

  test('c copies the claim that has the focus, and nothing while the reader types', async () => {
    const { page, close } = await visit(chapter);
    const mark = page.locator('.claim .mark-of a').nth(1);
    const id = (await mark.textContent()) ?? '';
    await page.mouse.move(1, 1);
    await page.keyboard.press('Tab');
    await mark.focus();
    await page.keyboard.press('c');
    await said(page, `Copied: claim ${id} as text for mail`);
    assert.equal(await clipboard(page), await form(page, id, '.txt'));
    await page.evaluate(() => navigator.clipboard.writeText('untouched'));
    await page.locator('.claim').first().hover();
    await page.keyboard.press('/');
    await page.keyboard.type('c');
    assert.equal(await page.locator('#find').inputValue(), 'c');
    assert.equal(await clipboard(page), 'untouched');
    await close();
  });

  test('the menu of a mark copies every form; Escape closes it and gives the focus back', async () => {
    const { page, problems, close } = await visit(chapter);
    const mark = page.locator('.claim .mark-of a').first();
    const id = (await mark.textContent()) ?? '';
    const menu = page.getByRole('group', { name: `Cite claim ${id}` });
    const forms = { 'text for mail': '.txt', Markdown: '.md', BibTeX: '.bib' };
    for (const [name, ending] of Object.entries(forms)) {
      await mark.click();
      await menu.getByRole('button', { name: `Copy ${name}` }).click();
      await said(page, `Copied: claim ${id} as ${name}`);
      assert.equal(await clipboard(page), await form(page, id, ending));
    }
    await mark.focus();
    await page.keyboard.press('Enter');
    await menu.getByRole('button', { name: 'Copy link' }).press('Enter');
    await said(page, `Copied: claim ${id} as a link`);
    assert.ok((await clipboard(page)).endsWith(`/c/${id}`));
    await mark.click();
    // The menu opens when its script is there; before that Escape has nothing to close.
    await menu.getByRole('button', { name: 'Copy link' }).waitFor();
    await page.keyboard.press('Escape');
    await menu.waitFor({ state: 'hidden' });
    await page.waitForFunction((text) => document.activeElement?.textContent === text, id);
    assert.deepEqual(problems, []);
    await close();
  });

  test('a copy that fails says so', async () => {
    const { page, close } = await visit(chapter);
    await page.route('**/c/*.txt', (route) => route.abort());
    const claim = page.locator('.claim').first();
    await claim.hover();
    await page.keyboard.press('c');
    await said(page, 'Could not copy');
    await close();
  });

  test('without scripts a mark leads to the page of its claim, which has every form', async () => {
    const { page, close } = await visit(chapter, { javaScriptEnabled: false });
    const mark = page.locator('.claim .mark-of a').first();
    const id = (await mark.textContent()) ?? '';
    await mark.click();
    await page.waitForURL(`**/c/${id}`);
    const texts = await page.locator('.cite-form pre').allTextContents();
    assert.deepEqual(texts, await Promise.all(['.txt', '.md', '.bib'].map((ending) => form(page, id, ending))));
    assert.equal(await page.locator('.cite-form button').first().isVisible(), false);
    await close();
  });

  test('sources stand in the margin of a wide window and under the paragraph on a phone', async () => {
    const { page, close } = await visit(chapter);
    const note = page.locator('.note.of-claim').first();
    const folded = page.locator('.claim-sources').first();
    const [sentence, beside] = [await page.locator('.claim').first().boundingBox(), await note.boundingBox()];
    assert.ok(sentence && beside && beside.x >= sentence.x + sentence.width, 'the source is not beside its sentence');
    assert.equal(await folded.isVisible(), false);
    await page.setViewportSize({ width: 390, height: 800 });
    assert.deepEqual([await note.isVisible(), await folded.isVisible()], [false, true]);
    await close();
  });
});

describe('a term', () => {
  test('a press shows its definition without scripts, and a press elsewhere hides it', async () => {
    const { page, close } = await visit(withTerms, { javaScriptEnabled: false });
    const term = page.locator('.term').first();
    const definition = page.locator(`#${await term.getAttribute('popovertarget')}`);
    assert.equal(await definition.isVisible(), false);
    await term.click();
    assert.equal(await definition.isVisible(), true);
    await page.mouse.click(2, 400);
    await definition.waitFor({ state: 'hidden' });
    await close();
  });

  test('Enter shows it, Escape hides it, and the focus stays at the word', async () => {
    const { page, close } = await visit(withTerms);
    const term = page.locator('.term').first();
    const definition = page.locator(`#${await term.getAttribute('popovertarget')}`);
    await term.focus();
    await page.keyboard.press('Enter');
    assert.equal(await definition.isVisible(), true);
    await page.keyboard.press('Escape');
    await definition.waitFor({ state: 'hidden' });
    assert.equal(await term.evaluate((element) => element === document.activeElement), true);
    await close();
  });

  test('a resting pointer shows it, a press keeps it, leaving hides it', async () => {
    const { page, problems, close } = await visit(withTerms);
    const term = page.locator('.term').first();
    const definition = page.locator(`#${await term.getAttribute('popovertarget')}`);
    await term.hover();
    await definition.waitFor();
    await term.click();
    assert.equal(await definition.isVisible(), true);
    await page.mouse.move(2, 2);
    await definition.waitFor({ state: 'hidden' });
    assert.deepEqual(problems, []);
    await close();
  });

  test('a touch shows it', async () => {
    const { page, close } = await visit(withTerms, {
      hasTouch: true,
      isMobile: true,
      viewport: { width: 390, height: 800 },
    });
    const term = page.locator('.term').first();
    await term.tap();
    const definition = page.locator(`#${await term.getAttribute('popovertarget')}`);
    assert.equal(await definition.isVisible(), true);
    const box = await definition.boundingBox();
    assert.ok(box && box.x >= 0 && box.x + box.width <= 390, 'the definition leaves the window');
    await close();
  });
});

test('the page of a claim: a button copies each form', async () => {
  const path = onePerKind().find(({ kind }) => kind === 'claim')?.path ?? '';
  const { page, problems, close } = await visit(path);
  for (const [index, name] of ['Plain text for mail', 'Markdown', 'BibTeX'].entries()) {
    await page.getByRole('button', { name: `Copy: ${name}` }).click();
    await said(page, `Copied: ${name}`);
    assert.equal(await clipboard(page), await page.locator('.cite-form pre').nth(index).textContent());
  }
  assert.deepEqual(problems, []);
  await close();
});
