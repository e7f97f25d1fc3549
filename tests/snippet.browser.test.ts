/** A snippet in the page as a reader uses it: run, try, edit, reset, copy, share, by pointer and by keyboard, and without a script. */
import assert from 'node:assert/strict';
import { after, before, test } from 'node:test';
import type { Page } from 'playwright-core';
import { pack } from '../src/client/share.ts';
import { openPage } from './browser.ts';
import { type House, openHouse, openStage, type Stage } from './stage.ts';

let house: House;
let address = '';

before(async () => {
  house = await openHouse();
  address = house.site.origin + house.path;
});

after(() => house.close());

async function onStage(act: (stage: Stage) => Promise<void>, options = {}): Promise<void> {
  const stage = await openStage(house.browser, address, options);
  try {
    await act(stage);
    assert.deepEqual(stage.problems, []);
  } finally {
    await stage.close();
  }
}

/** Texts of all answers, in order, as they stand beside their lines. */
function answers({ figure }: Stage): Promise<string[]> {
  return figure.locator('.lines .line .r').allTextContents();
}

/** The text on the clipboard, once it is the one that is waited for. */
async function copied(page: Page, part: string): Promise<string> {
  for (let tries = 0; tries < 100; tries++) {
    const text = await page.evaluate(() => navigator.clipboard.readText());
    if (text.includes(part)) return text;
    await page.waitForTimeout(50);
  }
  throw new Error(`the clipboard never held ${part}`);
}

/** Types into the open editor at the end of its text. */
async function typeAtEnd({ page }: Stage, text: string): Promise<void> {
  await page.keyboard.press('Control+End');
  await page.keyboard.type(text);
}

test('Run gives what was baked, in the same places, without an editor or a compiler', () =>
  onStage(async (stage) => {
    const baked = await answers(stage);
    const from = house.site.seen.length;
    await stage.press('run');
    assert.match(await stage.settled(), /^ran here · \d+ steps? · as baked$/);
    assert.deepEqual(await answers(stage), baked);
    assert.equal(await stage.figure.getAttribute('data-state'), 'done');
    assert.equal(await stage.figure.locator('output.state').count(), 1, 'the state is announced');
    const asked = house.site.seen.slice(from);
    assert.ok(!asked.some((path) => /compiler|editor/.test(path)), asked.join(' '));
    assert.equal(await stage.figure.locator('[data-action="reset"]').isVisible(), false, 'there is nothing to reset');
  }));

test('a prepared break is one press, gives its baked outcome, and a second press takes it back', () =>
  onStage(async (stage) => {
    const { figure, page } = stage;
    const baked = await answers(stage);
    const item = figure.locator('.try li').first();
    const outcome = await item.locator('samp').allTextContents();
    const button = item.locator('button');
    await button.click();
    assert.match(await stage.settled(), /edited$/);
    assert.equal(await button.getAttribute('aria-pressed'), 'true');
    const now = new Map(
      await figure
        .locator('.lines .r, .verdict')
        .evaluateAll((all) =>
          all.map((one) => [one.getAttribute('data-line'), one.childNodes[0]?.textContent] as const),
        ),
    );
    for (const text of outcome) {
      const told = /^line (\d+) → (.*)$/.exec(text);
      if (told?.[1] !== undefined) assert.equal(now.get(told[1]), `→ ${told[2]}`);
    }
    assert.notDeepEqual(await answers(stage), baked);
    await button.click();
    await page.locator(`#${stage.id}[data-state="baked"]`).waitFor();
    assert.deepEqual(await answers(stage), baked);
    assert.equal(await button.getAttribute('aria-pressed'), 'false');
  }));

test('Edit opens the editor, an edit runs from the keyboard, its answers stand beside their lines', () =>
  onStage(async (stage) => {
    const { figure, page } = stage;
    await stage.press('edit');
    await figure.locator('.cm-content').waitFor();
    assert.match((await figure.locator('.hint.keys').textContent()) ?? '', /Escape, then Tab/);
    await typeAtEnd(stage, '\n6 * 7;\nconsole.log("said");');
    assert.match(await stage.state(), /not run/);
    await page.keyboard.press('Control+Enter');
    assert.equal(await stage.settled(), 'ran here · edited');
    // Values of lines without an arrow stand there too; the last line is ours.
    assert.equal((await figure.locator('.editor .beside .r').allTextContents()).at(-1), '→ 42');
    assert.ok((await figure.locator('.editor .agrees').count()) > 0, 'arrows that hold are marked');
    assert.equal((await figure.locator('.out samp').allTextContents()).at(-1), 'said');

    await page.keyboard.type('\nnull.field;');
    await page.keyboard.press('Control+Enter');
    assert.match(await stage.settled(), /^failed/);
    assert.match((await figure.locator('.verdict').textContent()) ?? '', /^Line \d+: .*TypeError/);
    assert.match((await figure.locator('.editor .wrong').textContent()) ?? '', /^null\.field;/);

    await page.keyboard.type('\nthis is not a program');
    await page.keyboard.press('Control+Enter');
    assert.match(await stage.settled(), /^does not parse/);
    assert.match((await figure.locator('.verdict').textContent()) ?? '', /^Line \d+: /);

    await stage.press('reset');
    await page.locator(`#${stage.id}[data-state="baked"]`).waitFor();
    assert.equal(await figure.locator('.editor').count(), 0);
    assert.equal(await figure.locator('.lines').isVisible(), true);
  }));

test('the editor is no trap: Tab indents, Escape and Tab leave it; every control works from the keyboard', () =>
  onStage(async (stage) => {
    const { figure, page } = stage;
    await figure.locator('[data-action="edit"]').focus();
    await page.keyboard.press('Enter');
    await figure.locator('.cm-editor.cm-focused').waitFor();
    const inside = () => page.evaluate(() => document.activeElement?.shadowRoot !== null);
    await page.keyboard.press('Tab');
    assert.equal(await inside(), true, 'Tab indents');
    await page.keyboard.press('Escape');
    await page.keyboard.press('Tab');
    assert.equal(await inside(), false, 'Escape and Tab leave');
    await figure.locator('[data-action="run"]').focus();
    await page.keyboard.press('Enter');
    assert.match(await stage.settled(), /edited/);
    await figure.locator('[data-action="reset"]').focus();
    await page.keyboard.press('Space');
    await page.locator(`#${stage.id}[data-state="baked"]`).waitFor();
    const focused = await page.evaluate(() => (document.activeElement as HTMLElement).dataset['action']);
    assert.equal(focused, 'run', 'the focus does not get lost with a button that goes');
  }));

test('a plain text field stands in where the editor does not load', async () => {
  const stage = await openStage(house.browser, address);
  const { figure, page } = stage;
  await page.route(/\/editor\.[^/]*\.js$/, (route) => route.abort());
  await stage.press('edit');
  await figure.locator('textarea').waitFor();
  assert.match((await figure.locator('.hint.keys').textContent()) ?? '', /plain text field/);
  await figure.locator('textarea').press('Control+End');
  await page.keyboard.type('\n6 * 7;');
  await page.keyboard.press('Control+Enter');
  assert.match(await stage.settled(), /^ran here · edited$/);
  assert.equal((await answers(stage)).at(-1), '→ 42');
  await page.keyboard.press('Tab');
  assert.equal(await page.evaluate(() => document.activeElement instanceof HTMLTextAreaElement), false);
  assert.ok(
    stage.problems.every((problem) => problem.includes('/editor.')),
    stage.problems.join('\n'),
  );
  await stage.close();
});

test('Copy and Share: the text on the clipboard, an edit in a link that opens it and does not run it', () =>
  onStage(
    async (stage) => {
      const { figure, page } = stage;
      await stage.press('copy');
      const source = await copied(page, "from 'unmapped");
      await stage.press('share');
      await page.waitForFunction((id) => location.hash === `#${id}`, stage.id);
      assert.equal(await copied(page, 'http'), page.url());

      await stage.press('edit');
      await figure.locator('.cm-content').waitFor();
      await typeAtEnd(stage, '// grüße, 内存\n');
      await stage.press('share');
      await page.waitForFunction(() => location.hash.startsWith('#edit='));
      const link = page.url();
      assert.ok(link.length < 4_000, `${link.length} characters`);

      const other = await openStage(house.browser, link, { permissions: ['clipboard-read', 'clipboard-write'] });
      await other.figure.locator('.hint.foreign').waitFor();
      assert.match((await other.figure.locator('.hint.foreign').textContent()) ?? '', /not the site’s/);
      assert.match(await other.state(), /not run/);
      assert.equal(await other.page.locator('iframe').count(), 0, 'nothing has run');
      await other.press('copy');
      const opened = await copied(other.page, '内存');
      assert.equal(opened.replace('// grüße, 内存\n', ''), source);
      assert.deepEqual(other.problems, []);
      await other.close();
    },
    { permissions: ['clipboard-read', 'clipboard-write'] },
  ));

test('a draft survives a reload, and a link does not destroy it', () =>
  onStage(async (stage) => {
    const { figure, page } = stage;
    await stage.press('edit');
    await figure.locator('.cm-content').waitFor();
    await typeAtEnd(stage, '// my own');
    await page.waitForTimeout(400);
    await page.reload();
    await figure.locator('.hint.restored').waitFor();
    assert.match((await figure.locator('.cm-content').textContent()) ?? '', /my own/);
    assert.match(await stage.state(), /not run/);
    await page.evaluate(
      (fragment) => {
        location.hash = fragment;
      },
      await pack(stage.id, '// from a stranger\n'),
    );
    await figure.locator('.hint.foreign').waitFor();
    assert.match((await figure.locator('.cm-content').textContent()) ?? '', /stranger/);
    await figure.locator('[data-action="draft"]').click();
    await figure.locator('.hint.foreign').waitFor({ state: 'detached' });
    assert.match((await figure.locator('.cm-content').textContent()) ?? '', /my own/);
  }));

test('damaged, oversized and lost links are told in a sentence, and nothing is lost', () =>
  onStage(async (stage) => {
    const { page } = stage;
    const good = await pack(stage.id, 'x'.repeat(2_000));
    const bomb = await pack(stage.id, 'x'.repeat(59_000));
    const cases = [
      [good.slice(0, -9), /damaged/],
      [`#edit=${stage.id}&z=AAAA`, /damaged/],
      [`#edit=${stage.id}`, /damaged/],
      [`#edit=${stage.id}&z=${'A'.repeat(60_000)}`, /too large/],
      [bomb.replace(stage.id, 's-not-here'), /not on this page/],
    ] as const;
    for (const [fragment, says] of cases) {
      await page.evaluate(() => {
        for (const hint of document.querySelectorAll('.hint')) hint.remove();
      });
      await page.evaluate((hash) => {
        location.hash = hash;
      }, fragment);
      await page.locator('.hint.link').waitFor();
      assert.match((await page.locator('.hint.link').textContent()) ?? '', says);
      assert.equal(await page.locator('.editor').count(), 0);
    }
    await stage.press('run');
    assert.match(await stage.settled(), /as baked/);
  }));

test('without storage everything but drafts works', () =>
  onStage(async (stage) => {
    await stage.page.addInitScript(() => {
      for (const name of ['sessionStorage', 'localStorage']) {
        Object.defineProperty(window, name, {
          get: () => {
            throw new DOMException('switched off', 'SecurityError');
          },
        });
      }
    });
    await stage.page.reload();
    await stage.press('edit');
    await stage.figure.locator('.cm-content').waitFor();
    await typeAtEnd(stage, '1 + 1;');
    await stage.page.keyboard.press('Control+Enter');
    assert.match(await stage.settled(), /^ran here/);
  }));

test('without a script: lines, answers, reasons, outcomes and every frame can be read', async () => {
  const { page, close } = await openPage(house.browser, { javaScriptEnabled: false });
  await page.goto(address);
  const figure = page.locator('figure.snippet:has([data-break])').first();
  assert.equal(await figure.locator('.controls').isVisible(), false, 'what needs a script is not shown');
  assert.ok((await figure.locator('.line .r:visible').count()) > 0);
  for (const part of ['.try samp', '.try .says', '.try li button']) {
    assert.equal(await figure.locator(part).first().isVisible(), true, part);
  }
  await figure.locator('.try summary').first().click();
  assert.equal(
    await figure.locator('.try .edits').first().isVisible(),
    true,
    'the edit itself unfolds without a script',
  );
  const frames = page.locator('.stepper').first().locator('.frames > li');
  for (const frame of await frames.all()) assert.equal(await frame.isVisible(), true);
  await close();
});

test('the picture that moves: buttons and the slider show one frame at a time', async () => {
  const { page, problems, close } = await openPage(house.browser);
  await page.goto(address);
  const stepper = page.locator('.stepper').first();
  if ((await stepper.count()) > 0) {
    const visible = () =>
      stepper.locator('.frames > li').evaluateAll((all) => all.map((one) => getComputedStyle(one).visibility));
    const count = (await visible()).length;
    const only = (at: number) => Array.from({ length: count }, (_, i) => (i === at ? 'visible' : 'hidden'));
    assert.deepEqual(await visible(), only(0));
    await stepper.locator('[data-by="1"]').click();
    await stepper.locator('[data-now]').waitFor();
    assert.deepEqual(await visible(), only(Math.min(1, count - 1)));
    await stepper.locator('input').focus();
    await page.keyboard.press('End');
    await page.waitForFunction(() => document.querySelector('.stepper')?.getAttribute('data-at') !== '1');
    assert.deepEqual(await visible(), only(count - 1));
    await page.keyboard.press('ArrowLeft');
    await page.waitForTimeout(100);
    assert.deepEqual(await visible(), only(count - 2));
  }
  assert.deepEqual(problems, []);
  await close();
});

test('on a phone nothing is wider than the page, neither the listing nor the editor', () =>
  onStage(
    async (stage) => {
      const wide = () =>
        stage.page.evaluate(() => document.documentElement.scrollWidth - document.documentElement.clientWidth);
      assert.equal(await wide(), 0);
      await stage.press('edit');
      await stage.figure.locator('.cm-content').waitFor();
      await stage.press('run');
      await stage.settled();
      assert.equal(await wide(), 0);
    },
    { viewport: { width: 390, height: 800 } },
  ));
