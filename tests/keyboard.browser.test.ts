/** The keyboard alone: the skip link first, every control reached in turn, and the focus always to be seen. */
import assert from 'node:assert/strict';
import { after, before, describe, test } from 'node:test';
import type { Browser, Page } from 'playwright-core';
import { openBrowser, openPage } from './browser.ts';
import { onePerKind, serveDist } from './site.ts';

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

interface Focus {
  readonly index: number;
  readonly what: string;
  /** Seen: it has a size, is in the window, and its outline or shadow differs from what it has without focus. */
  readonly seen: boolean;
}

/** Numbers everything that Tab has to reach, so that a walk can be compared with it. */
function numberControls(page: Page): Promise<number> {
  return page.evaluate(() => {
    const controls = [
      ...document.querySelectorAll<HTMLElement>('a[href], button, input, select, textarea, summary, [tabindex]'),
    ].filter((element) => {
      if (element.tabIndex < 0 || (element as HTMLButtonElement).disabled || element.closest('[inert]')) return false;
      const radio = element as HTMLInputElement;
      if (radio.type === 'radio' && !radio.checked) return false;
      return element.checkVisibility({ visibilityProperty: true }) && element.getClientRects().length > 0;
    });
    controls.forEach((element, index) => {
      element.dataset['control'] = String(index);
    });
    return controls.length;
  });
}

function focused(page: Page): Promise<Focus> {
  return page.evaluate(() => {
    const element = document.activeElement as HTMLElement;
    const box = element.getBoundingClientRect();
    const style = getComputedStyle(element);
    const outlined = style.outlineStyle !== 'none' && Number.parseFloat(style.outlineWidth) >= 1;
    const inWindow =
      box.bottom > 0 && box.right > 0 && box.top < innerHeight && box.left < innerWidth && box.height > 0;
    return {
      index: Number(element.dataset['control'] ?? -1),
      what: `${element.tagName.toLowerCase()} "${(element.textContent ?? '').trim().slice(0, 40)}" ${element.getAttribute('data-action') ?? ''}`,
      seen: inWindow && element.matches(':focus-visible') && (outlined || style.boxShadow !== 'none'),
    };
  });
}

for (const { kind, path } of onePerKind()) {
  describe(`${kind}: ${path}`, () => {
    test('the skip link comes first and leads to the text', async () => {
      const { page, close } = await openPage(browser);
      await page.goto(site.origin + path);
      await page.keyboard.press('Tab');
      const { what, seen } = await focused(page);
      assert.match(what, /skip/i);
      assert.ok(seen, 'it is seen when it has the focus');
      await page.keyboard.press('Enter');
      const target = await page.evaluate(() => location.hash.slice(1));
      assert.ok(await page.evaluate((id) => document.getElementById(id)?.closest('main') !== null, target));
      await page.keyboard.press('Tab');
      const next = await page.evaluate(
        () =>
          document.activeElement?.closest('main') !== null || document.querySelector('main a, main button') === null,
      );
      assert.ok(next, 'the next control is in the text');
      await close();
    });

    test('Tab reaches every control, and the focus is seen', async () => {
      const { page, close } = await openPage(browser, { reducedMotion: 'reduce' });
      await page.goto(site.origin + path);
      const count = await numberControls(page);
      const reached = new Set<number>();
      const unseen = new Set<string>();
      for (let step = 0; step < count + 10 && reached.size < count; step++) {
        await page.keyboard.press('Tab');
        const focus = await focused(page);
        if (focus.index < 0) continue;
        reached.add(focus.index);
        if (!focus.seen) unseen.add(focus.what);
      }
      const missed = await page.evaluate(
        (seen) =>
          [...document.querySelectorAll<HTMLElement>('[data-control]')]
            .filter((element) => !seen.includes(Number(element.dataset['control'])))
            .map((element) => `${element.tagName} ${element.textContent?.trim().slice(0, 40)}`),
        [...reached],
      );
      assert.deepEqual(missed, [], 'not reached');
      assert.deepEqual([...unseen], [], 'focus not seen');
      await close();
    });
  });
}
