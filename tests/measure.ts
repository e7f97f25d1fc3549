/** Measuring: what a first visit costs, every answer with its size as it travelled; and the middle of several values. */
import type { Browser, Request } from 'playwright-core';
import { openQuietly } from './browser.ts';

export interface Answer {
  readonly url: string;
  /** What the browser wanted it for: document, stylesheet, script, font, image. */
  readonly type: string;
  /** Bytes of the body as they travelled. */
  readonly bytes: number;
}

export interface Visit {
  readonly answers: readonly Answer[];
  readonly bytes: number;
  readonly script: number;
  /** Texts above 1 kB that travelled without Brotli. */
  readonly unpacked: readonly string[];
}

const PACKED = new Set(['document', 'stylesheet', 'script']);

/** Opens an address with nothing cached and lets the page come to rest; nothing is clicked, but all of it is scrolled past. */
export async function firstVisit(browser: Browser, url: string): Promise<Visit> {
  const context = await browser.newContext({ viewport: { width: 1440, height: 900 } });
  const page = await context.newPage();
  const finished: Request[] = [];
  page.on('requestfinished', (request) => finished.push(request));
  await openQuietly(page, url, () => page.evaluate(() => scrollTo(0, document.body.scrollHeight)));
  const unpacked: string[] = [];
  const answers = await Promise.all(
    finished.map(async (request) => {
      const bytes = (await request.sizes()).responseBodySize;
      const encoding = await (await request.response())?.headerValue('content-encoding');
      if (PACKED.has(request.resourceType()) && encoding !== 'br' && bytes > 1000) unpacked.push(request.url());
      return { url: request.url(), type: request.resourceType(), bytes };
    }),
  );
  await context.close();
  const sum = (some: readonly Answer[]) => some.reduce((total, { bytes }) => total + bytes, 0);
  return { answers, bytes: sum(answers), script: sum(answers.filter(({ type }) => type === 'script')), unpacked };
}

/** The middle value; of an even number of values the mean of the two in the middle. Error: no values. */
export function median(values: readonly number[]): number {
  const sorted = [...values].sort((a, b) => a - b);
  const middle = sorted.length / 2;
  const [low, high] = [sorted[Math.ceil(middle) - 1], sorted[Math.floor(middle)]];
  if (low === undefined || high === undefined) throw new Error('the median of nothing');
  return (low + high) / 2;
}
