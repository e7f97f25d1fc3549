/** The watch itself: a page that breaks its own policy, throws or asks for what is not there must be noticed. */
import assert from 'node:assert/strict';
import { createServer } from 'node:http';
import type { AddressInfo } from 'node:net';
import { after, before, test } from 'node:test';
import type { Browser } from 'playwright-core';
import { openBrowser, openPage, openQuietly } from './browser.ts';

const PAGE = `<!doctype html><meta http-equiv="Content-Security-Policy" content="default-src 'self'">
<p style="color: red">styled</p><script src="/throws.js"></script><script src="/missing.js"></script>`;

const server = createServer((request, response) => {
  if (request.url === '/') response.setHeader('content-type', 'text/html').end(PAGE);
  else if (request.url === '/throws.js')
    response.setHeader('content-type', 'text/javascript').end('throw new Error("thrown")');
  else response.writeHead(404).end();
});
let browser: Browser;

before(async () => {
  await new Promise<void>((done) => server.listen(0, '127.0.0.1', done));
  browser = await openBrowser();
});

after(async () => {
  await browser.close();
  server.close();
});

test('violations, exceptions and failed requests are seen', async () => {
  const watched = await openPage(browser);
  await openQuietly(watched.page, `http://127.0.0.1:${(server.address() as AddressInfo).port}/`);
  await watched.close();
  for (const expected of [/^policy: style-src-attr/, /^exception: thrown/, /^console: .*404/]) {
    assert.ok(
      watched.problems.some((problem) => expected.test(problem)),
      `${expected} in ${JSON.stringify(watched.problems)}`,
    );
  }
  assert.equal(watched.requests.filter((url) => url.endsWith('.js')).length, 2);
});
