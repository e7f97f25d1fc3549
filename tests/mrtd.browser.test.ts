/** The MRTD page: a list composed, pasted, wrong and kept; an image dropped; by keyboard; without scripts; at 390 px. */
import assert from 'node:assert/strict';
import { readFileSync } from 'node:fs';
import { join } from 'node:path';
import { after, before, test } from 'node:test';
import type { Page } from 'playwright-core';
import { documentOf, type ImageDocument } from '../src/measurement/tdx/document.ts';
import { openPage } from './browser.ts';
import { type House, openHouse } from './stage.ts';
import { ROOT } from './suite.ts';

interface Vector {
  readonly id: string;
  readonly mrtd: string;
  readonly results: readonly { readonly mrtd: string }[];
}

let house: House;
const url = () => `${house.site.origin}/mrtd`;
const vector = (file: string, id: string): Vector => {
  const text = readFileSync(join(ROOT, 'content/evidence/tdx_mrtd', `${file}.json`), 'utf8');
  return (JSON.parse(text) as { vectors: Vector[] }).vectors.find((one) => one.id === id) as Vector;
};

before(async () => {
  house = await openHouse();
});

after(() => house.close());

async function shows(page: Page, digest: string): Promise<void> {
  await page.locator('#result .final').getByText(digest).first().waitFor();
}

const drop = (page: Page, name: string, bytes: Uint8Array) =>
  page.evaluate(
    ([file, content]) => {
      const transfer = new DataTransfer();
      transfer.items.add(new File([Uint8Array.from(content as number[])], file as string));
      const tool = document.getElementById('tool') as HTMLElement;
      for (const type of ['dragover', 'drop']) {
        tool.dispatchEvent(new DragEvent(type, { dataTransfer: transfer, bubbles: true, cancelable: true }));
      }
    },
    [name, [...bytes]] as const,
  );

test('composing: calls are added, changed, moved and removed, and the measurement follows', async () => {
  const { page, problems, close } = await openPage(house.browser);
  await page.goto(url());
  const text = page.locator('#tool textarea');
  await text.fill('{"calls": []}');
  await shows(page, vector('calls', 'c01').mrtd);
  await page.getByRole('button', { name: 'Add an entry' }).click();
  await shows(page, vector('calls', 'c02').mrtd);
  await page.getByRole('button', { name: 'Add an entry' }).click();
  assert.equal(await page.getByLabel('guest address').nth(1).inputValue(), '0x1000');
  await page.locator('[data-field="call"]').nth(1).selectOption('MR.EXTEND');
  await page.getByLabel('guest address').nth(1).fill('0x0');
  await shows(page, vector('calls', 'c08').mrtd);
  await page.getByRole('button', { name: 'Move entry 2 up' }).click();
  await page.locator('#result .grown .why').getByText('TDX_EPT_ENTRY_NOT_PRESENT').waitFor();
  await page.getByRole('button', { name: 'Remove entry 1' }).click();
  await shows(page, vector('calls', 'c02').mrtd);
  assert.deepEqual(JSON.parse(await text.inputValue()), {
    calls: [{ call: 'MEM.PAGE.ADD', gpa: '0x0', page: { gen: 'zero' } }],
  });
  assert.deepEqual(problems, []);
  await close();
});

test('pasting: vectors of calls and regions, their answers compared', async () => {
  const { page, problems, close } = await openPage(house.browser);
  await page.goto(url());
  for (const [file, id] of [
    ['calls', 'c14'],
    ['calls_failing', 'f09'],
    ['regions', 'k03'],
  ] as const) {
    const one = vector(file, id);
    await page.locator('#tool textarea').fill(JSON.stringify(one));
    await shows(page, one.mrtd);
    assert.match(
      (await page.locator('#result .grown').textContent()) ?? '',
      /(\d+) of \1 answers that the list names agree/,
    );
  }
  assert.deepEqual(problems, []);
  await close();
});

test('dropping an image: both orders with their programs; the list is kept; no firmware is said so', async () => {
  const { page, problems, close } = await openPage(house.browser);
  await page.goto(url());
  const written = '{"calls": [{"call": "MEM.PAGE.ADD", "gpa": "0x0"}]}';
  await page.locator('#tool textarea').fill(written);
  const { image } = documentOf({
    image: (vector('images', 'i05') as unknown as { image: unknown }).image,
  }) as ImageDocument;
  await drop(page, 'OVMF.fd', image);
  for (const { mrtd } of vector('images', 'i05').results) await shows(page, mrtd);
  await page.locator('#result .final').getByText('Contrast, tdx-measure').waitFor();
  await drop(page, 'poem.txt', new TextEncoder().encode('roses '.repeat(99)));
  await page.locator('#complaint').getByText('There is no TDVF metadata').waitFor();
  await page.getByRole('button', { name: 'Back to the list' }).click();
  await shows(page, vector('calls', 'c02').mrtd);
  assert.equal(await page.locator('#tool textarea').inputValue(), written);
  await drop(page, 'list.json', new TextEncoder().encode(JSON.stringify({ calls: [] })));
  await shows(page, vector('calls', 'c01').mrtd);
  assert.deepEqual(problems, []);
  await close();
});

test('a mistake names its entry, keeps the last result, and what was written outlives a reload', async () => {
  const { page, problems, close } = await openPage(house.browser);
  await page.goto(url());
  const before = await page.locator('#result .final').first().textContent();
  const wrong = '[{"call": "MEM.PAGE.ADD", "gpa": "0x0"}, {"call": "MR.EXTEND", "gpa": "0xg"}]';
  await page.locator('#tool textarea').fill(wrong);
  await page.locator('#complaint').getByText('entry 2 (MR.EXTEND): gpa has to be').waitFor();
  assert.equal(await page.locator('#tool fieldset[data-wrong]').count(), 1);
  assert.equal(await page.locator('#result .final').first().textContent(), before);
  await page.locator('#tool textarea').fill(`${wrong},`);
  await page.locator('#complaint').getByText('This is not JSON').waitFor();
  await page.reload();
  assert.equal(await page.locator('#tool textarea').inputValue(), `${wrong},`);
  // The contents of the page lead to the heading of the result that is shown.
  assert.equal(await page.locator('#measurement').count(), 1);
  assert.ok(await page.locator('#measurement').isVisible());
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
  await page.keyboard.press('Enter');
  assert.equal(await page.locator('#tool fieldset').count(), fields - 1);
  assert.equal(await focused(), 'Remove entry 1');
  await close();
});

test('at 390 px nothing is wider than the window; without scripts there is the worked example', async () => {
  const small = await openPage(house.browser, { viewport: { width: 390, height: 844 } });
  await small.page.goto(url());
  const digest = (await small.page.locator('#result .final code').first().textContent()) ?? '';
  assert.match(digest, /^[0-9a-f]{96}$/);
  assert.equal(await small.page.evaluate(() => document.documentElement.scrollWidth), 390);
  await small.close();
  const plain = await openPage(house.browser, { javaScriptEnabled: false });
  await plain.page.goto(url());
  assert.equal(await plain.page.locator('#tool').isVisible(), false);
  assert.equal(await plain.page.locator('#result .final code').first().textContent(), digest);
  await plain.close();
});
