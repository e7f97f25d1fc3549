/** The comparison in the built site: every cell has its run, every pair keeps exactly what differs. */
import assert from 'node:assert/strict';
import { test } from 'node:test';
import { href } from '../src/citation/address.ts';
import { answerOf, axes, comparison, differs, pairPath, titleOf } from '../src/components/compare/comparison.ts';
import { html } from './site.ts';

const { designs, lines } = comparison();
const scenarios = axes().flatMap((axis) => axis.scenarios);

const escaped = (text: string): string =>
  text.replaceAll('&', '&amp;').replaceAll('<', '&lt;').replaceAll('>', '&gt;').replaceAll("'", '&#39;');

test('the sentence of a scenario is that of its doc comment', () => {
  assert.equal(titleOf('/**\n * One sentence\n * on two lines.\n */\nimport'), 'One sentence on two lines.');
  for (const { id, title } of scenarios) assert.match(title, /^[A-Z].*[.?]$/, id);
});

test('no hole: every scenario answers every question in every generation, and on every kind of hardware', () => {
  for (const axis of axes()) {
    for (const line of axis.lines) {
      for (const { id } of axis.designs) assert.ok(answerOf(line, id), `${line.scenario.id}, ${line.name}, ${id}`);
    }
  }
});

test('no id stands for two scenarios or two columns', () => {
  const columns = axes().flatMap((axis) => axis.designs.map(({ id }) => id));
  for (const ids of [scenarios.map(({ id }) => id), columns]) assert.equal(new Set(ids).size, ids.length);
});

test('every cell of the table leads to a page that says the same', () => {
  const table = html('/compare');
  for (const { scenario, name, id } of axes().flatMap((axis) =>
    axis.lines.flatMap((line) => axis.designs.map((design) => ({ ...line, id: design.id }))),
  )) {
    const text = escaped(answerOf({ scenario, name }, id)?.text ?? '');
    const path = `/compare/${scenario.id}/${id}`;
    assert.ok(table.includes(`href="${href(path)}"`), path);
    assert.ok(html(path).includes(`→ ${text}`), `${path}: ${text}`);
  }
});

test('between two generations only what differs remains', () => {
  for (const [index, first] of designs.entries()) {
    for (const second of designs.slice(index + 1)) {
      const page = html(pairPath(designs, second.id, first.id));
      const rows = [...page.matchAll(/<th scope="row">([^<]*)<\/th>/g)].map((match) => match[1]);
      const expected = lines.filter((line) => differs(line, first.id, second.id)).map(({ name }) => escaped(name));
      assert.deepEqual(rows, expected, `${first.id}, ${second.id}`);
    }
  }
});
