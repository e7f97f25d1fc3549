/** The holes that were found in sandboxes like this one, each closed and tested under its name. */
import assert from 'node:assert/strict';
import { readFileSync } from 'node:fs';
import { createServer, type Server } from 'node:http';
import type { AddressInfo } from 'node:net';
import { join } from 'node:path';
import { after, before, test } from 'node:test';
import type { Page } from 'playwright-core';
import { pack } from '../src/client/share.ts';
import { openPage } from './browser.ts';
import { DIST } from './site.ts';
import { type House, openHouse, openStage, type Stage } from './stage.ts';

/** Hangs without a step that could be counted. */
const HANG = "/^(a+)+$/.test('a'.repeat(60) + '!');";

let house: House;
let stage: Stage;
/** Serves the sandbox document as a host without `_headers` would, and a bare page to frame it in. */
let bare: Server;
let origin = '';

before(async () => {
  house = await openHouse();
  stage = await openStage(house.browser, house.site.origin + house.path);
  bare = createServer((request, response) => {
    response.setHeader('content-type', 'text/html');
    if (request.url === '/sandbox.html') response.end(readFileSync(join(DIST, 'sandbox.html')));
    else if (request.url === '/') response.end('<!doctype html><title>bare</title>');
    else response.writeHead(404).end();
  });
  await new Promise<void>((done) => bare.listen(0, '127.0.0.1', done));
  origin = `http://127.0.0.1:${(bare.address() as AddressInfo).port}`;
});

after(async () => {
  bare.closeAllConnections();
  bare.close();
  await stage.close();
  await house.close();
});

/** Puts code into the editor by way of a link and presses Run. */
async function run(code: string): Promise<void> {
  await stage.page.evaluate(
    (fragment) => {
      location.hash = fragment;
    },
    await pack(stage.id, code),
  );
  await stage.figure.locator('.hint.foreign').waitFor();
  await stage.press('run');
}

async function reset(): Promise<void> {
  await stage.press('reset');
  await stage.page.locator(`#${stage.id}[data-state="baked"]`).waitFor();
}

interface Framed {
  readonly origin: string;
  readonly ready: boolean;
  /** What the worker said over its port, within a second. */
  readonly said: unknown;
}

/** Frames the sandbox document, connects to it and gives it a library of our own: a worker without any lockdown. */
function frame(page: Page, attribute: boolean, library: string): Promise<Framed> {
  return page.evaluate(
    async ([sandboxed, text]) => {
      const element = document.createElement('iframe');
      if (sandboxed) element.sandbox.add('allow-scripts');
      element.src = '/sandbox.html';
      const loaded = new Promise((done) => element.addEventListener('load', done));
      document.body.append(element);
      await loaded;
      const late = (ms: number) => new Promise<undefined>((done) => setTimeout(() => done(undefined), ms));
      const { port1, port2 } = new MessageChannel();
      const ready = new Promise<boolean>((done) => {
        port1.onmessage = ({ data }) => done(data?.kind === 'ready');
      });
      element.contentWindow?.postMessage({ unmapped: 'connect' }, '*', [port2]);
      const isReady = (await Promise.race([ready, late(1000)])) ?? false;
      const own = new MessageChannel();
      const answer = new Promise<unknown>((done) => {
        own.port1.onmessage = ({ data }) => done(data);
      });
      port1.postMessage({ kind: 'library', text });
      port1.postMessage({ kind: 'run', run: 1, job: { kind: 'compiled' } }, [own.port2]);
      const said = await Promise.race([answer, late(isReady ? 5000 : 1000)]);
      let seen = 'null';
      try {
        seen = element.contentWindow?.origin ?? 'none';
      } catch {
        // Another origin: that is what the attribute is for.
      }
      element.remove();
      return { origin: seen, ready: isReady, said };
    },
    [attribute, library] as const,
  );
}

const ECHO = 'onmessage = ({ ports }) => ports[0].postMessage({ origin: self.origin, ran: true });';

test('unsandboxed-document: framed without the attribute it refuses, framed with it it serves', async () => {
  const { page, close } = await openPage(house.browser);
  await page.goto(origin);
  const without = await frame(page, false, ECHO);
  assert.deepEqual(
    without,
    { origin, ready: false, said: undefined },
    'it had the origin of the site, and did nothing',
  );
  const within = await frame(page, true, ECHO);
  assert.deepEqual(within, { origin: 'null', ready: true, said: { origin: 'null', ran: true } });
  await close();
});

test('unsandboxed-document: opened by itself it has no origin and does nothing', async () => {
  const { page, problems, close } = await openPage(house.browser);
  for (const at of [`${house.site.origin}/sandbox.html`, `${origin}/sandbox.html`]) {
    await page.goto(at);
    assert.match((await page.textContent('body')) ?? '', /does nothing/);
    assert.equal(await page.evaluate(() => self.origin), at.startsWith(origin) ? origin : 'null');
    assert.equal(
      await page.evaluate(async () => {
        const { port1, port2 } = new MessageChannel();
        const heard = new Promise<string>((done) => {
          port1.onmessage = () => done('an answer');
        });
        postMessage({ unmapped: 'connect' }, '*', [port2]);
        return Promise.race([heard, new Promise<string>((done) => setTimeout(() => done('silence'), 300))]);
      }),
      'silence',
    );
  }
  assert.deepEqual(problems, []);
  await close();
});

test('output-flood: output is capped inside the worker, and the page answers all the time', async () => {
  await run("for (;;) console.log('x'.repeat(1500));");
  let longest = 0;
  const end = performance.now() + 1_500;
  while (performance.now() < end) {
    const start = performance.now();
    await stage.page.evaluate(() => 1);
    longest = Math.max(longest, performance.now() - start);
  }
  await stage.settled();
  assert.equal(await stage.figure.getAttribute('data-error'), 'output');
  const printed = await stage.figure.locator('.out samp').allTextContents();
  assert.ok(printed.length > 50 && printed.length <= 1_000, `${printed.length} lines`);
  assert.ok(printed.join('').length <= 200_000, `${printed.join('').length} characters`);
  assert.ok(longest < 1_000, `${longest} ms`);
  await reset();
});

test('output-flood, forged-done, nested-worker: nothing that sends, waits or starts a thread is left in the realm', async () => {
  const probe = `const found = new Set();
for (let at = globalThis; at !== null; at = Object.getPrototypeOf(at)) {
  for (const key of Reflect.ownKeys(at)) {
    const own = Object.getOwnPropertyDescriptor(at, key);
    if (own.value !== undefined && at !== Object.prototype) found.add(String(key));
  }
}
console.log([...found].sort().join(' '));`;
  await run(probe);
  assert.match(await stage.settled(), /^ran here/);
  const left = ((await stage.figure.locator('.out samp').textContent()) ?? '').split(' ');
  // The last two are numbers that cannot be deleted.
  const language = new Set(
    'AggregateError Array ArrayBuffer BigInt BigInt64Array BigUint64Array Boolean DataView Error EvalError Float32Array Float64Array Function Infinity Int16Array Int32Array Int8Array Iterator JSON Map Math NaN Number Object Promise Proxy RangeError ReferenceError Reflect RegExp Set String Symbol SyntaxError TextDecoder TextEncoder TypeError URIError Uint16Array Uint32Array Uint8Array Uint8ClampedArray WeakMap WeakSet console decodeURI decodeURIComponent encodeURI encodeURIComponent globalThis isFinite isNaN parseFloat parseInt undefined PERSISTENT TEMPORARY'.split(
      ' ',
    ),
  );
  assert.ok(left.length > 30, left.join(' '));
  assert.deepEqual(
    left.filter((name) => !language.has(name)),
    [],
  );
  await reset();
});

test('forged-done: messages to the page that do not come over the run’s own port change nothing', async () => {
  await run(HANG);
  await stage.page.locator(`#${stage.id}[data-state="running"]`).waitFor();
  const words = await stage.state();
  await stage.page.evaluate(() => {
    const result = { state: 'done', steps: 1, lines: [], console: [{ text: 'forged' }], pictures: [] };
    const answer = JSON.stringify({ result, arrows: [], disagreements: [] });
    for (const forged of [answer, { kind: 'ready' }, { kind: 'lost', run: 1 }, { unmapped: 'connect' }])
      postMessage(forged, '*');
  });
  await new Promise((done) => setTimeout(done, 200));
  assert.equal(await stage.state(), words);
  assert.equal(await stage.figure.getAttribute('data-state'), 'running');
  await stage.press('stop');
  assert.match(await stage.settled(), /^stopped/);
  await reset();
});

test('frame-thread: while a snippet hangs, the thread of the frame is free', async () => {
  await run(HANG);
  await stage.page.waitForTimeout(500);
  assert.equal(await stage.figure.getAttribute('data-state'), 'running');
  const inside = stage.page.frames().find((one) => one.url().endsWith('/sandbox.html'));
  assert.ok(inside !== undefined);
  const start = performance.now();
  assert.equal(await inside.evaluate(() => self.origin), 'null');
  assert.ok(performance.now() - start < 500);
  await stage.press('stop');
  assert.match(await stage.settled(), /^stopped/);
  assert.match((await stage.figure.locator('.verdict').textContent()) ?? '', /by hand/);
  await reset();
  await stage.press('run');
  assert.match(await stage.settled(), /as baked/, 'the next run works');
});

test('the policy alone: a worker without any lockdown gets nothing out of the frame', async () => {
  const { page, close } = await openPage(house.browser);
  await page.goto(house.site.origin + house.path);
  const here = `${house.site.origin}/hostile`;
  const there = `${house.other.origin}/hostile`;
  const library = `onmessage = async ({ ports }) => {
  const got = [];
  const event = (object, good, bad) => new Promise((done, fail) => { object[good] = done; object[bad] = fail; });
  for (const to of ['${here}', '${there}']) {
    const ways = {
      fetch: () => fetch(to + '?fetch'),
      noCors: () => fetch(to + '?no-cors', { mode: 'no-cors' }),
      xhr: () => { const x = new XMLHttpRequest(); x.open('GET', to + '?xhr'); const e = event(x, 'onload', 'onerror'); x.send(); return e; },
      socket: () => event(new WebSocket(to.replace('http', 'ws') + '?socket'), 'onopen', 'onerror'),
      events: () => event(new EventSource(to + '?events'), 'onopen', 'onerror'),
      scripts: () => importScripts(to + '?scripts'),
      module: () => import(to + '?import'),
      data: () => import('data:text/javascript,1'),
      transport: () => new WebTransport(to.replace('http:', 'https:') + '?transport').ready,
      database: () => event(indexedDB.open('x'), 'onsuccess', 'onerror'),
      caches: () => caches.open('x'),
      storage: () => localStorage.setItem('x', '1'),
      beacon: () => navigator.sendBeacon(to + '?beacon') || Promise.reject(),
      worker: () => event(new Worker(to + '?worker'), 'onmessage', 'onerror'),
      peer: () => new RTCPeerConnection(),
    };
    for (const [name, way] of Object.entries(ways)) {
      const late = new Promise((_, fail) => setTimeout(fail, 300));
      try { await Promise.race([way(), late]); got.push(name); } catch {}
    }
  }
  ports[0].postMessage({ origin: self.origin, peer: typeof RTCPeerConnection, got });
};`;
  const { ready, said } = await frame(page, true, library);
  assert.equal(ready, true);
  assert.deepEqual(said, { origin: 'null', peer: 'undefined', got: [] });
  assert.deepEqual(
    [...house.site.seen, ...house.other.seen].filter((path) => path.includes('hostile')),
    [],
  );
  await close();
});

test('the page and its policy came through all of this', () => {
  assert.deepEqual(stage.problems, []);
});
