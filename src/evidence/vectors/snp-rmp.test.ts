/** The replay of RMP rows sees every kind of answer that is altered, and knows no row by its name. */
import assert from 'node:assert/strict';
import { readFileSync } from 'node:fs';
import { join } from 'node:path';
import { test } from 'node:test';
import { OWN } from '../files.ts';
import { snpRmp } from './snp-rmp.ts';

type Json = Record<string, unknown>;
const FILES = { access: 'rows', instructions: 'rows', vmrun: 'rows', page_states: 'transitions' } as const;
type File = keyof typeof FILES;

const load = (file: File): Json => JSON.parse(readFileSync(join(OWN, 'snp_rmp', `${file}.json`), 'utf8'));
const rowsOf = (file: File, item: Json): Json[] => item[FILES[file]] as Json[];
const run = (item: Json) => (snpRmp[String(item['schema'])]?.read(item, '') ?? []).map((vector) => vector.run());

/** One row without its name, in a file of its own. */
function alone(file: File, row: Json, more: Json = {}) {
  const { id: _id, note: _note, sources: _sources, ...rest } = row;
  const [report] = run({ ...load(file), ...more, [FILES[file]]: [rest] });
  assert.ok(report);
  return report;
}

test('89 rows agree, with and without their names', () => {
  let count = 0;
  for (const file of Object.keys(FILES) as File[]) {
    for (const row of rowsOf(file, load(file))) {
      const report = alone(file, row);
      assert.deepEqual(report.disagreements, [], String(row['id']));
      assert.ok(report.fields.length > 0 && !report.executed);
      count++;
    }
  }
  assert.equal(count, 89);
});

/** Other answers of the same kind. */
function other(value: unknown): unknown {
  if (Array.isArray(value)) return value;
  if (typeof value === 'number') return value === 0 ? 1 : value - 1;
  if (typeof value === 'object' && value !== null) return { vmpl3: 'R' };
  const words: Record<string, string> = { allow: '#PF', SUCCESS: 'INVALID_PARAM', unchanged: 'Firmware', nonzero: '0' };
  return words[String(value)] ?? `${value}X`;
}

const WORDS_OF_A_RULE = /^512 entries|^all fields zero/;

test('an altered answer is seen, whichever it is', () => {
  let count = 0;
  const seen = (file: File, row: Json, altered: Json, what: string) => {
    let disagreements: readonly string[];
    try {
      disagreements = alone(file, { ...row, ...altered }).disagreements;
    } catch (error) {
      disagreements = [String(error)];
    }
    assert.ok(disagreements.length > 0, `${row['id']}: ${what}`);
    count++;
  };
  for (const file of ['access', 'instructions'] as const) {
    for (const row of rowsOf(file, load(file))) {
      const expect = row['expect'] as Json;
      for (const [field, value] of Object.entries(expect)) {
        if (!Array.isArray(value)) seen(file, row, { expect: { ...expect, [field]: other(value) } }, field);
      }
      const { error_bits_set: set = [], error_bits_clear: clear = [] } = expect as Record<string, number[]>;
      for (const bit of set) seen(file, row, { expect: { ...expect, error_bits_clear: [bit] } }, `bit ${bit} clear`);
      for (const bit of clear) seen(file, row, { expect: { ...expect, error_bits_set: [bit] } }, `bit ${bit} set`);
      const after = row['after'];
      if (typeof after === 'string') {
        if (!WORDS_OF_A_RULE.test(after)) seen(file, row, { after: `X${after}` }, 'after');
        else
          seen(
            file,
            row,
            { after: after.startsWith('512') ? '512 entries with validated=2' : 'all fields zero (Guest-Valid)' },
            'after',
          );
      } else {
        for (const [field, value] of Object.entries((after ?? {}) as Json)) {
          seen(file, row, { after: { ...(after as Json), [field]: other(value) } }, `after ${field}`);
        }
      }
    }
  }
  for (const row of rowsOf('vmrun', load('vmrun'))) seen('vmrun', row, { expect: 'VMEXIT' }, 'expect');
  for (const row of rowsOf('page_states', load('page_states'))) {
    for (const field of ['to', 'status']) seen('page_states', row, { [field]: other(row[field]) }, field);
  }
  assert.ok(count > 180, `${count} alterations`);
});

test('an altered entry, operand or bit pattern changes the answer', () => {
  const row = (file: File, id: string): Json => {
    const found = rowsOf(file, load(file)).find((one) => one['id'] === id);
    assert.ok(found, id);
    return found;
  };
  const read = row('access', 'snp-private-r-ok');
  for (const change of [
    { validated: 0 },
    { assigned: 0 },
    { asid: 'other' },
    { gpa: 'mismatch' },
    { page_size: '2M' },
    { perms: {} },
  ]) {
    const altered = { ...read, rmp: { ...(read['rmp'] as Json), ...change } };
    assert.ok(alone('access', altered).disagreements.length > 0, JSON.stringify(change));
  }
  const grant = row('instructions', 'adj-grant-to-vmpl1');
  const more = { ...grant, request: { ...(grant['request'] as Json), current_vmpl: 1, target_vmpl: 2 } };
  assert.ok(alone('instructions', more).disagreements.length > 0);
  const states = load('page_states')['states'] as Record<string, Json>;
  const wrong = { ...states, 'Guest-Valid': { ...states['Guest-Valid'], immutable: 1 } };
  assert.ok(alone('page_states', row('page_states', 'pvalidate-set'), { states: wrong }).disagreements.length > 0);
});

test('rows that are not in the files: a page above RMP_END, and an operand inside a region', () => {
  const [row] = rowsOf('instructions', load('instructions'));
  const bare = { instruction: 'RMPUPDATE', sources: [] };
  const before = { ...((row as Json)['before'] as Json), covered: false };
  const request = { assigned: 1, asid: 5, gpa: '0x1000', page_size: '4K', immutable: 0 };
  for (const page_size of ['4K', '2M']) {
    const found = alone('instructions', { ...bare, before, request: { ...request, page_size }, expect: { eax: 1 } });
    assert.deepEqual(found.disagreements, [], page_size);
  }
  const large = { assigned: 1, asid: 'self', page_size: '2M', gpa: 'match', perms: {} };
  const inside = { instruction: 'PSMASH', before: large, request: { spa: 'not 2M aligned' }, expect: { eax: 1 } };
  assert.deepEqual(alone('instructions', inside).disagreements, []);
});

test('what is not of the schema is refused by name', () => {
  assert.throws(() => run({ schema: 'snp-rmp-access/1' }), { name: 'CannotReplay' });
  assert.throws(() => run({ schema: 'snp-rmp-page-states/1', transitions: [] }), { name: 'CannotReplay' });
  const [row] = rowsOf('instructions', load('instructions'));
  assert.throws(() => alone('instructions', { ...row, instruction: 'RMPOTHER' }), { name: 'CannotReplay' });
});
