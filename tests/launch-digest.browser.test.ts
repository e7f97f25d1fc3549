/** The launch-digest page: a list composed, pasted, dropped, wrong and kept; by keyboard; without scripts; at 390 px. */
import assert from 'node:assert/strict';
import { readFileSync } from 'node:fs';
import { join } from 'node:path';
import { after, before, test } from 'node:test';
import type { Page } from 'playwright-core';
import { openPage } from './browser.ts';
import { type House, openHouse } from './stage.ts';
import { ROOT } from './suite.ts';

let house: House;
const url = () => `${house.site.origin}/launch-digest`;
const vector = (name: string) => readFileSync(join(ROOT, 'content/evidence/snp_launch_digest', `${name}.json`), 'utf8');
const digestOf = (json: string): string => (JSON.parse(json) as { launch_digest: string }).launch_digest;

before(async () => {
  house = await openHouse();
});

after(() => house.close());

async function shows(page: Page, digest: string): Promise<void> {
  await page.locator('#result .final').first().getByText(digest).waitFor();
}

const ZERO = digestOf(vector('s01-normal-zero-filled'));

test('composing: an entry is added, changed, moved and removed, and the digest follows', async () => {
  const { page, problems, close } = await openPage(house.browser);
  await page.goto(url());
  const text = page.locator('#tool textarea');
  await text.fill('[]');
  await shows(page, '0'.repeat(96));
  await page.getByRole('button', { name: 'Add an entry' }).click();
  await shows(page, ZERO);
  await page.getByLabel('guest address').fill('0x300000');
  await page.getByLabel('type').selectOption('ZERO');
  await page.locator('[data-field="kind"]').selectOption('');
  await page.getByRole('button', { name: 'Add an entry' }).click();
  assert.equal(await page.getByLabel('guest address').nth(1).inputValue(), '0x301000');
  await page.getByRole('button', { name: 'Move entry 2 up' }).click();
  assert.match(await text.inputValue(), /0x301000[\s\S]*0x300000/);
  await page.getByRole('button', { name: 'Remove entry 1' }).click();
  assert.deepEqual(JSON.parse(await text.inputValue()), [{ gpa: '0x300000', page_type: 'ZERO' }]);
  assert.deepEqual(problems, []);
  await close();
});

test('pasting: a vector is measured and its answers are compared; a later change shows where they differ', async () => {
  const { page, problems, close } = await openPage(house.browser);
  await page.goto(url());
  for (const name of ['s18-cpuid-rejected-then-accepted', 's12-one-2m-page', 'p10-qemu-kernel-0x21', 's16-imi-page']) {
    const json = vector(name);
    await page.locator('#tool textarea').fill(json);
    await shows(page, digestOf(json));
    const said = await page.locator('#result .grown').textContent();
    assert.match(said ?? '', /(\d+) of \1 answers that the list names agree/, name);
  }
  await page.getByLabel('guest address').first().fill('0x400000');
  await page.locator('#result .grown .why').getByText('the list says').first().waitFor();
  assert.deepEqual(problems, []);
  await close();
});

test('dropping: bytes become a page, a list takes its place, a file that a list names is waited for', async () => {
  const { page, problems, close } = await openPage(house.browser);
  await page.goto(url());
  await page.locator('#tool textarea').fill('[]');
  const drop = (name: string, bytes: number[]) =>
    page.evaluate(
      ([file, content]) => {
        const transfer = new DataTransfer();
        transfer.items.add(new File([Uint8Array.from(content as number[])], file as string));
        const tool = document.getElementById('tool') as HTMLElement;
        for (const type of ['dragover', 'drop']) {
          tool.dispatchEvent(new DragEvent(type, { dataTransfer: transfer, bubbles: true, cancelable: true }));
        }
      },
      [name, bytes] as const,
    );
  await drop('zeros.bin', Array(4096).fill(0));
  await shows(page, ZERO);
  const list = [{ gpa: '0x0', page_type: 'NORMAL', data: { kind: 'file', file: 'late.bin' } }];
  await drop('list.json', [...Buffer.from(JSON.stringify(list))]);
  await page.locator('#complaint').getByText('there is no file "late.bin"').waitFor();
  await drop('late.bin', Array(4096).fill(0));
  await shows(page, ZERO);
  assert.equal(await page.locator('#tool fieldset').count(), 1);
  await page.locator('#tool input[type="file"]').setInputFiles({
    name: 'more.bin',
    mimeType: 'application/octet-stream',
    buffer: Buffer.alloc(8192),
  });
  await page.locator('#tool fieldset').nth(1).waitFor();
  assert.equal(await page.getByLabel('guest address').nth(1).inputValue(), '0x1000');
  assert.deepEqual(problems, []);
  await close();
});

test('a mistake names its entry, keeps the last result, and what was written outlives a reload', async () => {
  const { page, problems, close } = await openPage(house.browser);
  await page.goto(url());
  const text = page.locator('#tool textarea');
  const before = await page.locator('#result .final').first().textContent();
  const wrong = '[{"gpa": "0x0", "page_type": "ZERO"}, {"gpa": "0x1000", "page_type": "NORMAL"}]';
  await text.fill(wrong);
  await page.locator('#complaint').getByText('entry 2 (NORMAL at 0x1000): data is missing').waitFor();
  assert.equal(await page.locator('#tool fieldset[data-wrong]').count(), 1);
  assert.equal(await page.locator('#result .final').first().textContent(), before);
  await text.fill(`${wrong},`);
  await page.locator('#complaint').getByText('This is not JSON').waitFor();
  assert.equal(await page.locator('#tool fieldset').count(), 2);
  await page.reload();
  assert.equal(await page.locator('#tool textarea').inputValue(), `${wrong},`);
  assert.deepEqual(problems, []);
  await close();
});

test('the keyboard reaches everything, and the focus stays at the entry that is moved', async () => {
  const { page, close } = await openPage(house.browser);
  await page.goto(url());
  const fields = await page.locator('#tool fieldset').count();
  await page.getByRole('button', { name: 'Move entry 2 up' }).focus();
  await page.keyboard.press('Enter');
  const focused = () => page.evaluate(() => document.activeElement?.getAttribute('aria-label'));
  assert.equal(await focused(), 'Move entry 1 down');
  await page.keyboard.press('Tab');
  assert.equal(await focused(), 'Remove entry 1');
  await page.keyboard.press('Enter');
  assert.equal(await page.locator('#tool fieldset').count(), fields - 1);
  assert.equal(await focused(), 'Remove entry 1');
  await close();
});

test('at 390 px nothing is wider than the window; without scripts there is the worked example', async () => {
  const small = await openPage(house.browser, { viewport: { width: 390, height: 844 } });
  await small.page.goto(url());
  await shows(small.page, (await small.page.locator('#result .final code').first().textContent()) ?? '');
  assert.equal(await small.page.evaluate(() => document.documentElement.scrollWidth), 390);
  const digest = await small.page.locator('#result .final code').first().textContent();
  await small.close();
  const plain = await openPage(house.browser, { javaScriptEnabled: false });
  await plain.page.goto(url());
  assert.equal(await plain.page.locator('#tool').isVisible(), false);
  assert.equal(await plain.page.locator('.grown .final code').first().textContent(), digest);
  await plain.close();
});
