/** A built page with a snippet, seen from outside: requests are counted where they would arrive, not where they are made. */
import assert from 'node:assert/strict';
import { request as ask, createServer, type Server } from 'node:http';
import type { AddressInfo } from 'node:net';
import type { Browser, BrowserContextOptions, Locator, Page } from 'playwright-core';
import { openBrowser, openPage } from './browser.ts';
import { html, pagePaths, serveDist } from './site.ts';

/** A server that notes every request, WebSocket handshakes among them. */
export interface Counting {
  readonly origin: string;
  /** Path and query of each request, in order. */
  readonly seen: string[];
  close(): Promise<void>;
}

async function listen(server: Server): Promise<string> {
  await new Promise<void>((done) => server.listen(0, '127.0.0.1', done));
  return `http://127.0.0.1:${(server.address() as AddressInfo).port}`;
}

function close(server: Server): Promise<void> {
  server.closeAllConnections();
  return new Promise((done) => server.close(() => done()));
}

/** Passes everything on to `target`, or answers `ok` to everybody where there is none. */
export async function counting(target?: string): Promise<Counting> {
  const seen: string[] = [];
  const server = createServer((request, response) => {
    seen.push(request.url ?? '');
    if (target === undefined) {
      response.writeHead(200, { 'access-control-allow-origin': '*' }).end('ok');
      return;
    }
    const { method, headers } = request;
    const passed = ask(new URL(request.url ?? '/', target), { method: method ?? 'GET', headers }, (answer) => {
      response.writeHead(answer.statusCode ?? 500, answer.headers);
      answer.pipe(response);
    });
    passed.on('error', () => response.destroy());
    request.pipe(passed);
  });
  server.on('upgrade', (request, socket) => {
    seen.push(request.url ?? '');
    socket.destroy();
  });
  return { origin: await listen(server), seen, close: () => close(server) };
}

/** The page with the most snippets that have prepared breaks: paths are tried in the order of the sitemap. */
export function pageWithSnippets(): string {
  const counted = pagePaths().map((path) => ({ path, count: html(path).split('data-break=').length }));
  const best = counted.reduce((most, one) => (one.count > most.count ? one : most));
  assert.ok(best.count > 1, 'no page has a snippet with a prepared break');
  return best.path;
}

/** A page of the built site with its first snippet that has breaks. */
export interface Stage {
  readonly page: Page;
  readonly figure: Locator;
  /** Id of the figure's element. */
  readonly id: string;
  readonly problems: string[];
  state(): Promise<string>;
  /** Presses a control of the figure's bar. */
  press(action: string): Promise<void>;
  /** Waits until the state says something else than that a run is on; gives its words. */
  settled(): Promise<string>;
  close(): Promise<void>;
}

/** The first snippet of a page that has breaks, waited for and driven as a reader would. */
export async function openStage(
  browser: Browser,
  address: string,
  options: BrowserContextOptions = {},
): Promise<Stage> {
  const { page, problems, close: shut } = await openPage(browser, options);
  await page.goto(address);
  const figure = page.locator('figure.snippet:has([data-break])').first();
  const id = (await figure.getAttribute('id')) ?? '';
  const state = async (): Promise<string> => (await figure.locator('.state').textContent()) ?? '';
  return {
    page,
    figure,
    id,
    problems,
    state,
    press: (action) => figure.locator(`.bar [data-action="${action}"]`).click(),
    async settled() {
      await page.waitForFunction(
        (name) => {
          const words = document.getElementById(name)?.querySelector('.state')?.textContent ?? '';
          return /^(ran here|stopped|failed|does not parse)/.test(words);
        },
        id,
        { timeout: 20_000, polling: 20 },
      );
      return state();
    },
    close: shut,
  };
}

/** Everything that these tests stand on, opened once per file. */
export interface House {
  readonly browser: Browser;
  readonly site: Counting;
  readonly other: Counting;
  readonly path: string;
  close(): Promise<void>;
}

export async function openHouse(): Promise<House> {
  const server = await serveDist();
  const [browser, site, other] = await Promise.all([openBrowser(), counting(server.origin), counting()]);
  return {
    browser,
    site,
    other,
    path: pageWithSnippets(),
    async close() {
      await browser.close();
      await Promise.all([site.close(), other.close(), server.close()]);
    },
  };
}
