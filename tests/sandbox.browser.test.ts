/** Hostile snippets, run in the page as a reader would run a stranger's link: each is contained, and the next run works. */
import assert from 'node:assert/strict';
import { readdirSync, readFileSync } from 'node:fs';
import { join } from 'node:path';
import { after, before, test } from 'node:test';
import { pack } from '../src/client/share.ts';
import { type House, openHouse, openStage, type Stage } from './stage.ts';
import { ROOT } from './suite.ts';

const FOLDER = join(ROOT, 'tests/hostile');
/** Milliseconds within which the page has to answer, at any time. */
const ANSWERS_WITHIN = 1_000;

interface Hostile {
  readonly name: string;
  readonly text: string;
  /** How it may end: the kind of error, or `done`. */
  readonly ends: RegExp;
  /** A line that it has to print: what it found out about its cage. */
  readonly prints: string | undefined;
}

function hostile(file: string): Hostile {
  const text = readFileSync(join(FOLDER, file), 'utf8');
  const ends = /^\/\/ ends: (\S+)$/m.exec(text)?.[1];
  assert.ok(ends !== undefined, `${file} does not say how it ends`);
  return {
    name: file.replace(/\.js$/, ''),
    text,
    ends: new RegExp(`^(${ends})$`),
    prints: /^\/\/ prints: (.*)$/m.exec(text)?.[1],
  };
}

const all = readdirSync(FOLDER).sort().map(hostile);
let house: House;
let stage: Stage;
let contained = 0;
let tried = 0;

before(async () => {
  house = await openHouse();
  stage = await openStage(house.browser, house.site.origin + house.path);
});

after(async () => {
  console.log(`hostile snippets contained: ${contained} of ${tried}`);
  await stage.close();
  await house.close();
});

/** Asks the page's own thread again and again until told to stop; gives the longest time it took to answer. */
function watch(): () => Promise<number> {
  let longest = 0;
  let over = false;
  const done = (async () => {
    while (!over) {
      const start = performance.now();
      await stage.page.evaluate(() => new Promise((answer) => setTimeout(answer, 0)));
      longest = Math.max(longest, performance.now() - start);
      await new Promise((next) => setTimeout(next, 50));
    }
  })();
  return async () => {
    over = true;
    await done;
    return longest;
  };
}

for (const { name, text, ends, prints } of all) {
  test(`hostile: ${name}`, { timeout: 60_000 }, async () => {
    tried++;
    const { page, figure } = stage;
    const code = text.replaceAll('%HERE%', house.site.origin).replaceAll('%THERE%', house.other.origin);
    const title = await page.title();
    const address = page.url().replace(/#.*/, '');
    await page.evaluate(
      (fragment) => {
        location.hash = fragment;
      },
      await pack(stage.id, code),
    );
    await figure.locator('.hint.foreign').waitFor();
    assert.match(await stage.state(), /not run/, 'code from a link waits for the reader');

    const stop = watch();
    await stage.press('run');
    await stage.settled();
    const longest = await stop();
    const kind = (await figure.getAttribute('data-error')) ?? 'done';
    const verdict = await figure.locator('.out .verdict').allTextContents();
    assert.match(kind, ends, verdict.join(' '));
    assert.ok(kind === 'done' || (verdict[0] ?? '').length > 20, 'an end before the end is told in a sentence');
    const printed = await figure.locator('.out samp').allTextContents();
    if (prints !== undefined) assert.ok(printed.includes(prints), `printed ${JSON.stringify(printed.slice(0, 5))}`);
    assert.ok(printed.length <= 1_000 && printed.join('').length <= 250_000, 'output is capped');
    assert.ok(!printed.join().includes('forged') && !printed.includes('later'), 'nothing but the engine speaks');
    assert.ok(longest < ANSWERS_WITHIN, `the page took ${Math.round(longest)} ms to answer`);
    assert.deepEqual(
      [...house.site.seen, ...house.other.seen].filter((path) => path.includes('hostile')),
      [],
    );
    assert.equal(await page.title(), title);
    assert.equal(page.url().replace(/#.*/, ''), address);
    assert.equal(page.context().pages().length, 1);

    await stage.press('reset');
    await page.locator(`#${stage.id}[data-state="baked"]`).waitFor();
    await stage.press('run');
    assert.match(await stage.settled(), /as baked/, 'the next run works');
    contained++;
  });
}

test('no hostile snippet made the page break its policy, throw or ask for what is not there', () => {
  assert.deepEqual(stage.problems, []);
});
