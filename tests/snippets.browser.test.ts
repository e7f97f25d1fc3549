/**
 * Every snippet and every prepared break, run in a real browser through the sandbox: the answer has to be the one that
 * Node gave at build time, in every field. Then each is run as a reader runs it, by its button on its page.
 */
import assert from 'node:assert/strict';
import { after, before, describe, test } from 'node:test';
import type { Browser, Locator, Page } from 'playwright-core';
import { href } from '../src/citation/address.ts';
import { assets, baked, bakedIds } from '../src/snippet/baked.ts';
import type { Compiled, RunResult } from '../src/snippet/types.ts';
import { openBrowser, openPage } from './browser.ts';
import { html, sampledPaths, serveDist } from './site.ts';

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

const ids = bakedIds();

/** Opens the sandbox in a page of the site, as the protocol says, and leaves a function there that runs one job in it. */
async function openSandbox(page: Page): Promise<void> {
  await page.evaluate(
    async ({ sandbox, library }) => {
      const frame = document.createElement('iframe');
      frame.setAttribute('sandbox', 'allow-scripts');
      frame.src = sandbox;
      frame.hidden = true;
      const loaded = new Promise((done) => frame.addEventListener('load', done, { once: true }));
      document.body.append(frame);
      await loaded;
      const { port1, port2 } = new MessageChannel();
      const ready = new Promise((done) => port1.addEventListener('message', done, { once: true }));
      port1.start();
      frame.contentWindow?.postMessage({ unmapped: 'connect' }, '*', [port2]);
      await ready;
      port1.postMessage({ kind: 'library', text: await (await fetch(library)).text() });
      let run = 0;
      Object.assign(globalThis, {
        runInSandbox(compiled: unknown): Promise<string> {
          const { port1: here, port2: there } = new MessageChannel();
          run += 1;
          port1.postMessage({ kind: 'run', run, job: { kind: 'compiled', compiled } }, [there]);
          return new Promise((done, fail) => {
            here.onmessage = ({ data }) => done(data as string);
            setTimeout(() => fail(new Error('no answer')), 20_000);
          });
        },
      });
    },
    { sandbox: href('/sandbox.html'), library: href(assets().library) },
  );
}

async function runThere(page: Page, compiled: Compiled): Promise<RunResult> {
  const answer = await page.evaluate(
    (job) => (globalThis as unknown as { runInSandbox(job: unknown): Promise<string> }).runInSandbox(job),
    compiled as unknown as Record<string, unknown>,
  );
  return (JSON.parse(answer) as { result: RunResult }).result;
}

test('there are at least 30 snippets, every one with arrows', (context) => {
  const arrows = ids.map((id) => ({ id, count: baked(id).compiled.arrows.length }));
  const breaks = ids.reduce((sum, id) => sum + baked(id).breaks.length, 0);
  context.diagnostic(`${ids.length} snippets, ${breaks} prepared breaks`);
  assert.ok(ids.length >= 30, `${ids.length} snippets`);
  assert.deepEqual(
    arrows.filter(({ count }) => count === 0),
    [],
  );
});

describe('the browser gives what Node gave', () => {
  let page: Page;
  let close: () => Promise<void>;

  before(async () => {
    ({ page, close } = await openPage(browser));
    await page.goto(`${site.origin}/about`);
    await openSandbox(page);
  });

  after(() => close());

  for (const id of ids) {
    test(id, async () => {
      const { compiled, result, breaks } = baked(id);
      assert.deepEqual(await runThere(page, compiled), result);
      for (const one of breaks) assert.deepEqual(await runThere(page, one.compiled), one.result, one.id);
    });
  }
});

/** What stands beside the lines of a snippet. */
async function results(snippet: Locator): Promise<string[]> {
  return snippet
    .locator('[data-line]')
    .evaluateAll((lines) =>
      lines.map((line) => `${line.getAttribute('data-line')} ${line.textContent?.replaceAll(/\s+/g, ' ').trim()}`),
    );
}

describe('Run on its page shows what the build showed', () => {
  // Every snippet stands on a page that somebody wrote, so the sample has them all.
  for (const path of sampledPaths().filter((one) => html(one).includes('data-snippet='))) {
    test(path, async () => {
      const { page, problems, close } = await openPage(browser, { reducedMotion: 'reduce' });
      await page.goto(site.origin + path, { waitUntil: 'load' });
      for (const snippet of await page.locator('[data-snippet]').all()) {
        const run = snippet.locator('[data-action="run"]');
        if ((await run.count()) === 0) continue;
        const id = await snippet.getAttribute('data-snippet');
        const before = await results(snippet);
        await run.first().click();
        await snippet.and(page.locator('[data-state="done"], [data-state="stopped"], [data-state="failed"]')).waitFor();
        assert.deepEqual(await results(snippet), before, `${id}`);
      }
      assert.deepEqual(problems, []);
      await close();
    });
  }
});
