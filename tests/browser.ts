/** The browser of the tests: found, or installed where that is possible, and pages that report what went wrong in them. */
import { spawnSync } from 'node:child_process';
import { accessSync, constants, existsSync } from 'node:fs';
import { delimiter, join } from 'node:path';
import { type Browser, type BrowserContextOptions, chromium, type Page } from 'playwright-core';

/** Quiet start, no sandbox of its own (tests often run as root), and no traffic but the tests' own. */
export const FLAGS = [
  '--no-sandbox',
  '--disable-gpu',
  '--disable-quic',
  '--no-first-run',
  '--disable-background-networking',
  '--disable-component-update',
  '--disable-sync',
];

const NAMES = ['chromium', 'chromium-browser', 'google-chrome-stable', 'google-chrome', 'chrome', 'microsoft-edge'];
const MAC_APPS = ['Google Chrome', 'Chromium', 'Microsoft Edge'].map(
  (app) => `/Applications/${app}.app/Contents/MacOS/${app}`,
);
const ADVICE =
  'The browser tests need Chromium or Chrome: install it (Debian, Ubuntu: apt-get install chromium) or name it in CHROME_PATH.';

function runs(file: string): boolean {
  try {
    accessSync(file, constants.X_OK);
    return true;
  } catch {
    return false;
  }
}

function named(): string | undefined {
  const path = process.env.UNMAPPED_BROWSER ?? process.env.CHROME_PATH;
  if (path === undefined || path === '') return undefined;
  if (!runs(path)) throw new Error(`CHROME_PATH or UNMAPPED_BROWSER names ${path}, which is not a program.`);
  return path;
}

function installed(): string | undefined {
  const folders = (process.env.PATH ?? '').split(delimiter).filter((folder) => folder !== '');
  const system = NAMES.flatMap((name) => folders.map((folder) => join(folder, name)));
  return [...system, ...MAC_APPS, chromium.executablePath()].find(runs);
}

/** Installs Chromium from Debian's packages where that is allowed, else by Playwright's own download. */
function install(): void {
  const quiet = { stdio: 'ignore', timeout: 10 * 60_000 } as const;
  if (process.getuid?.() === 0 && existsSync('/usr/bin/apt-get')) {
    const env = { ...process.env, DEBIAN_FRONTEND: 'noninteractive' };
    spawnSync('apt-get', ['update'], { ...quiet, env });
    const { status } = spawnSync('apt-get', ['install', '-y', '--no-install-recommends', 'chromium'], {
      ...quiet,
      env,
    });
    if (status === 0) return;
  }
  spawnSync('playwright-core', ['install', 'chromium'], quiet);
}

/** Path of a Chromium: the one that is named, the system's, Playwright's, or one installed now. */
export function findBrowser(): string {
  const found = named() ?? installed();
  if (found !== undefined) return found;
  install();
  const now = installed();
  if (now === undefined) throw new Error(ADVICE);
  return now;
}

export function openBrowser(args: readonly string[] = []): Promise<Browser> {
  return chromium.launch({ executablePath: findBrowser(), args: [...FLAGS, ...args] });
}

/** A page and everything about its visit that a test may want to ask afterwards. */
export interface Watched {
  readonly page: Page;
  /** Errors in the console, exceptions, failed requests and policy violations, one line each. */
  readonly problems: string[];
  /** Addresses of all requests of the page, in order. */
  readonly requests: string[];
  /** Closes the page with its context. */
  close(): Promise<void>;
}

/** Opens an empty page in a context of its own (nothing cached, nothing stored) and watches it. */
export async function openPage(browser: Browser, options: BrowserContextOptions = {}): Promise<Watched> {
  const context = await browser.newContext({ locale: 'en-US', viewport: { width: 1440, height: 900 }, ...options });
  const problems: string[] = [];
  const requests: string[] = [];
  await context.exposeBinding('reportViolation', (_source, text: string) => {
    problems.push(`policy: ${text}`);
  });
  await context.addInitScript(() => {
    document.addEventListener('securitypolicyviolation', (event) => {
      const report = (globalThis as unknown as { reportViolation(text: string): void }).reportViolation;
      report(`${event.violatedDirective} ${event.blockedURI} at ${event.sourceFile}:${event.lineNumber}`);
    });
  });
  const page = await context.newPage();
  page.on('console', (message) => {
    if (message.type() === 'error') problems.push(`console: ${message.text()} (${message.location().url})`);
  });
  page.on('pageerror', (error) => problems.push(`exception: ${error.message}`));
  page.on('requestfailed', (request) => {
    // The sandbox keeps the next worker ready, and a page that is left ends it while its script may still be loading.
    if (request.url().startsWith('blob:') && request.failure()?.errorText === 'net::ERR_ABORTED') return;
    problems.push(`request: ${request.url()} ${request.failure()?.errorText}`);
  });
  page.on('request', (request) => requests.push(request.url()));
  return { page, problems, requests, close: () => context.close() };
}

/**
 * Opens an address and waits until half a second passed without a request on its way. A request that never ends does not
 * hold the test: after ten seconds what has arrived is what the page got. (Playwright's own wait for a quiet network
 * sometimes never returns.)
 */
export async function openQuietly(page: Page, url: string, afterLoad?: () => Promise<void>): Promise<void> {
  let pending = 0;
  let changed = Date.now();
  const count = (by: number) => () => {
    pending += by;
    changed = Date.now();
  };
  const [started, ended] = [count(1), count(-1)];
  page.on('request', started).on('requestfinished', ended).on('requestfailed', ended);
  await page.goto(url, { waitUntil: 'load' });
  await afterLoad?.();
  const limit = Date.now() + 10_000;
  while (Date.now() < limit && (pending > 0 || Date.now() - changed < 500)) await page.waitForTimeout(50);
  page.off('request', started).off('requestfinished', ended).off('requestfailed', ended);
}

/** Pages that are used again for the next address: for the tests that visit every page and need no empty cache. */
export class Pages {
  private readonly free: Watched[] = [];
  private readonly all: Watched[] = [];
  private readonly browser: Browser;
  private readonly options: BrowserContextOptions;

  constructor(browser: Browser, options: BrowserContextOptions = {}) {
    this.browser = browser;
    this.options = options;
  }

  /** A page that nobody else has, its problems and requests forgotten. */
  async take(): Promise<Watched> {
    const known = this.free.pop();
    if (known !== undefined) {
      known.problems.length = 0;
      known.requests.length = 0;
      return known;
    }
    const fresh = await openPage(this.browser, this.options);
    this.all.push(fresh);
    return fresh;
  }

  give(watched: Watched): void {
    this.free.push(watched);
  }

  async close(): Promise<void> {
    for (const watched of this.all) await watched.close();
  }
}
