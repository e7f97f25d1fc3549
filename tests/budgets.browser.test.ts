/**
 * The largest pages of every kind within its budget, measured at the server that `npm start` uses. Pages of one kind load
 * the same style sheets, scripts and font, so the largest are the dearest.
 */
import assert from 'node:assert/strict';
import { after, before, describe, test } from 'node:test';
import type { Browser } from 'playwright-core';
import { openBrowser } from './browser.ts';
import { BUDGETS } from './budgets.ts';
import { firstVisit } from './measure.ts';
import { largestOfKind, serveDist } from './site.ts';

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

// Most of a visit is waiting for the network to stay quiet, so several may wait at once.
describe('a first visit', { concurrency: 4 }, () => {
  for (const { kind, path } of largestOfKind(12)) {
    test(path, async () => {
      const budget = BUDGETS[kind];
      const visit = await firstVisit(browser, site.origin + path);
      assert.deepEqual(visit.unpacked, [], 'text that travels without Brotli');
      const said = visit.answers.map(({ url, bytes }) => `${bytes} ${url}`).join('\n');
      assert.ok(visit.bytes <= budget.bytes, `${visit.bytes} bytes, at most ${budget.bytes}:\n${said}`);
      assert.ok(visit.script <= budget.script, `${visit.script} bytes of script, at most ${budget.script}:\n${said}`);
      assert.ok(visit.answers.length <= budget.requests, `${visit.answers.length} requests:\n${said}`);
    });
  }
});
