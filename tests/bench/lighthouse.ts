/**
 * `npm run lighthouse`: Lighthouse as everybody runs it (mobile, its default throttling) on one page of every kind,
 * several times, and the median of each category. Ends with exit code 1 where a median is below 100.
 *
 * The page for addresses that do not exist is left out: it answers 404 and asks not to be indexed, as it should.
 */
import { FLAGS, findBrowser } from '../browser.ts';
import { median } from '../measure.ts';
import { onePerKind, serveDist } from '../site.ts';
import { command } from '../suite.ts';

const RUNS = 5;
const CATEGORIES = ['performance', 'accessibility', 'best-practices', 'seo'] as const;

interface Report {
  readonly categories: Record<string, { readonly score: number | null } | undefined>;
  readonly audits: Record<
    string,
    { readonly score: number | null; readonly scoreDisplayMode: string; readonly title: string }
  >;
}

async function audit(url: string): Promise<Report> {
  const flags = ['--headless=new', ...FLAGS].join(' ');
  const { code, output } = await command(
    'lighthouse',
    [url, `--chrome-flags=${flags}`, '--output=json', '--output-path=stdout', '--quiet', '--no-enable-error-reporting'],
    { CHROME_PATH: findBrowser() },
  );
  const start = output.indexOf('{\n');
  if (code !== 0 || start < 0) throw new Error(output);
  return JSON.parse(output.slice(start, output.lastIndexOf('}') + 1)) as Report;
}

const wanted = process.argv.slice(2);
const kinds = onePerKind().filter(({ kind }) => kind !== 'missing');
const unknown = wanted.filter((name) => !kinds.some(({ kind }) => kind === name));
if (unknown.length > 0) {
  console.error(`No such kind of page: ${unknown.join(', ')}. There are: ${kinds.map(({ kind }) => kind).join(', ')}.`);
  process.exit(2);
}
const pages = kinds.filter(({ kind }) => wanted.length === 0 || wanted.includes(kind));
const site = await serveDist();
let low = 0;
console.log(`Lighthouse, mobile, median of ${RUNS} runs\n`);
console.log(['kind'.padEnd(11), ...CATEGORIES.map((name) => name.padStart(15)), '  page'].join(''));
try {
  for (const { kind, path } of pages) {
    const reports: Report[] = [];
    for (let run = 0; run < RUNS; run++) reports.push(await audit(site.origin + path));
    const scores = CATEGORIES.map((name) =>
      Math.round(100 * median(reports.map((report) => report.categories[name]?.score ?? 0))),
    );
    console.log([kind.padEnd(11), ...scores.map((score) => String(score).padStart(15)), `  ${path}`].join(''));
    if (scores.every((score) => score === 100)) continue;
    low += 1;
    const audits = Object.values(reports[0]?.audits ?? {});
    const missed = audits.filter(
      ({ score, scoreDisplayMode }) => score !== null && score < 0.9 && scoreDisplayMode !== 'informative',
    );
    for (const { title, score } of missed) console.log(`             ${score} ${title}`);
  }
} finally {
  await site.close();
}
console.log(low === 0 ? '\nall 100' : `\n${low} of ${pages.length} below 100`);
process.exitCode = low === 0 ? 0 : 1;
