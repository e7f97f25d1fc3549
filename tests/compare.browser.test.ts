/** A cell of the comparison, run in the page: the sandbox answers what the build computed, for every scenario and generation. */
import assert from 'node:assert/strict';
import { after, before, test } from 'node:test';
import { axes } from '../src/components/compare/comparison.ts';
import { openPage } from './browser.ts';
import { type House, openHouse } from './stage.ts';

let house: House;

before(async () => {
  house = await openHouse();
});

after(() => house.close());

test('every scenario, in its last generation, gives in the page what it gave in the build', async () => {
  const { page, problems, close } = await openPage(house.browser);
  const cells = axes().flatMap(({ scenarios, designs }) =>
    scenarios.map(({ id }, index) => ({ id, design: designs[(designs.length - 1 + index) % designs.length] })),
  );
  for (const { id, design } of cells) {
    await page.goto(`${house.site.origin}/compare/${id}/${design?.id}`);
    await page.locator('[data-scenario] [data-action="run"]').click();
    await page.locator('[data-scenario]:not([data-state="baked"]):not([data-state="running"])').waitFor();
    const said = await page.locator('[data-scenario] .state').textContent();
    assert.equal(said, 'ran here · as computed by the build', `${id}, ${design?.id}`);
  }
  assert.deepEqual(problems, []);
  await close();
});
