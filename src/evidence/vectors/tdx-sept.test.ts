/** The replay of Secure-EPT vectors sees every kind of answer that is altered, and knows no vector by its name. */
import assert from 'node:assert/strict';
import { readFileSync } from 'node:fs';
import { join } from 'node:path';
import { test } from 'node:test';
import { OWN } from '../files.ts';
import { tdxSept } from './tdx-sept.ts';
import type { VectorReport } from './vector.ts';

type Json = Record<string, unknown>;
const path = (name: string) => join(OWN, 'tdx_sept', `${name}.json`);
const load = (name: string): Json => JSON.parse(readFileSync(path(name), 'utf8'));
const run = (item: Json): VectorReport[] =>
  (tdxSept[String(item['schema'])]?.read(item, path('steps')) ?? []).map((vector) => vector.run());

test('397 rows, 12 traces and 27 rows of states agree', () => {
  const files = ['steps', 'steps_bad_operand', 'traces', 'allow_by_entry_state', 'allow_by_op_state'].map((name) =>
    run(load(name)),
  );
  assert.deepEqual(
    files.map((reports) => reports.length),
    [346, 51, 12, 12, 15],
  );
  for (const report of files.flat()) assert.deepEqual(report.disagreements, [], report.title);
});

/** Another value of the same kind. */
function other(value: unknown): unknown {
  if (typeof value === 'number') return value + 1;
  if (value === null) return 'MAPPED';
  if (Array.isArray(value)) return value.length === 0 ? ['x'] : [...value.slice(0, -1), other(value.at(-1))];
  if (typeof value === 'object') {
    const entries = Object.entries(value);
    const [key, one] = entries.at(-1) as [string, unknown];
    return { ...value, [key]: other(one) };
  }
  return value === 'TDX_TD_FATAL' ? 'TDX_SUCCESS' : 'TDX_TD_FATAL';
}

const ASKED = new Set(['id', 'setup', 'call', 'args', 'src', 'note', 'concurrent', 'then', 'title', 'kvm', 'steps']);

test('each altered field of each row is seen', () => {
  for (const name of ['steps', 'steps_bad_operand']) {
    const item = load(name);
    const rows = item['rows'] as Json[];
    // Every seventh row: all kinds of calls are among them, and the test stays short.
    for (const row of rows.filter((_, index) => index % 7 === 0)) {
      for (const key of Object.keys(row).filter((key) => !ASKED.has(key))) {
        const altered = { ...row, id: 'another', [key]: other(row[key]) };
        const [report] = run({ ...item, rows: [altered] });
        assert.notDeepEqual(report?.disagreements, [], `${String(row['id'])}: ${key}`);
      }
      for (const key of ['rcx', 'rdx', 'level', 'td_epoch', 'pamt'].filter((key) => key in row)) {
        const { [key]: _, ...less } = row;
        const [report] = run({ ...item, rows: [less] });
        assert.notDeepEqual(report?.disagreements, [], `${String(row['id'])} without ${key}`);
      }
    }
  }
});

test('each altered field of each step of a trace is seen', () => {
  const item = load('traces');
  for (const trace of item['traces'] as Json[]) {
    const steps = trace['steps'] as Json[];
    for (const [index, step] of steps.entries()) {
      for (const key of Object.keys(step).filter((key) => !ASKED.has(key))) {
        const changed = steps.with(index, { ...step, [key]: other(step[key]) });
        const [report] = run({ ...item, traces: [{ ...trace, id: 'another', steps: changed }] });
        assert.notDeepEqual(report?.disagreements, [], `${String(trace['id'])} step ${index + 1}: ${key}`);
      }
    }
  }
});

test('an operand, a call, a condition or a start situation that is not known is refused by a sentence', () => {
  const item = load('steps');
  const [row] = item['rows'] as [Json];
  const wrong: Json[] = [
    { ...row, call: 'MEM.UNHEARD.OF' },
    { ...row, setup: 'nowhere' },
    { ...row, concurrent: 'the moon is full' },
    { ...row, args: { ...(row['args'] as Json), color: 'red' } },
  ];
  for (const one of wrong) assert.throws(() => run({ ...item, rows: [one] }), /not known|not one that|does not know/);
});
