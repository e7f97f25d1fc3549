/** The replay agrees with the recordings, and notices every kind of lie: in a recording, and in the model. */
import assert from 'node:assert/strict';
import { test } from 'node:test';
import { findFiles, OWN, readItems } from './files.ts';
import { MUTATIONS, whoNotices } from './mutations.ts';
import { flatten, replay } from './replay.ts';
import type { Answer, Step, Trace } from './trace.ts';

const traces = findFiles(OWN)
  .flatMap((file) => readItems(file))
  .filter(({ schema }) => schema === 'guest-memory-oracle/1') as unknown as Trace[];

test('the 168 recordings agree, every step and every field', () => {
  assert.equal(traces.length, 168);
  for (const trace of traces) {
    const report = replay(trace);
    const wrong = flatten(report.steps).filter((step) => step.differences.length > 0);
    assert.deepEqual(wrong, [], trace.name);
    assert.equal(report.failed, false);
  }
});

/** A different value of the same kind. */
function other(value: unknown): unknown {
  if (typeof value === 'number') return value + 1;
  if (value === null) return 0;
  if (typeof value === 'boolean') return !value;
  if (Array.isArray(value)) return [...value, [255, 1]];
  return `${String(value)}X`;
}

/** Every copy of a step in which one recorded field lies, with the name of the field. */
function lies(step: Step): [string, Step][] {
  const found: [string, Step][] = [];
  for (const [key, value] of Object.entries(step.result)) {
    if (key === 'ok' || key === 'ret_text') continue;
    if (key === 'stat') {
      for (const [inner, field] of Object.entries(value as Record<string, unknown>)) {
        const stat = { ...(value as Record<string, unknown>), [inner]: other(field) };
        found.push([`stat.${inner}`, { ...step, result: { ...step.result, stat } }]);
      }
    } else found.push([key, { ...step, result: { ...step.result, [key]: other(value) } as Answer }]);
  }
  for (const key of ['size', 'seals'] as const) {
    if (step.post === undefined) continue;
    found.push([
      `post.${key}`,
      { ...step, post: { ...step.post, [key]: other(step.post[key]) } as NonNullable<Step['post']> },
    ]);
  }
  const turned: Answer = step.result.ok ? { ok: false, errno: 'EIO' } : { ok: true, ret: 0 };
  found.push(['ok', { ...step, result: turned }]);
  return found;
}

test('a recording with one altered field is noticed at that field', () => {
  const kinds = new Set<string>();
  for (const trace of traces) {
    // The last step that has no child: nothing after it can hide or add a difference.
    const index = trace.steps.findLastIndex((step) => step.child === undefined);
    const step = trace.steps[index];
    if (step === undefined) continue;
    for (const [field, lie] of lies(step)) {
      kinds.add(field);
      const altered: Trace = { ...trace, steps: trace.steps.map((old, at) => (at === index ? lie : old)) };
      const differences = replay(altered).steps[index]?.differences ?? [];
      const expected = field === 'ok' || field === 'errno' || field === 'signal' ? 'result' : field;
      assert.ok(
        differences.some((difference) => difference.field === expected),
        `${trace.name}, step ${index + 1}: a lie about ${field} passes`,
      );
    }
  }
  for (const field of ['ret', 'value', 'data', 'errno', 'signal', 'stat.size', 'post.size', 'post.seals']) {
    assert.ok(kinds.has(field), `no recording ends in a step with ${field}`);
  }
});

test('a lie inside a child is noticed', () => {
  const trace = traces.find(({ name }) => name === 'write-seal-map-inherited-by-child') as Trace;
  const steps = trace.steps.map((step) =>
    step.child === undefined
      ? step
      : {
          ...step,
          child: step.child.map((inner, at) => (at === 0 ? { ...inner, result: { ok: true, ret: 0 } } : inner)),
        },
  );
  const report = replay({ ...trace, steps });
  assert.equal(report.failed, true);
  assert.deepEqual(
    flatten(report.steps).flatMap((step) =>
      step.differences.map(({ field, expected, found }) => [step.number, field, expected, found]),
    ),
    [
      ['6.1', 'result', 'ok', 'EBUSY'],
      ['6.1', 'ret', '0', 'nothing'],
    ],
  );
});

test('a field that nothing compares is an error, not a pass', () => {
  const trace = traces[0] as Trace;
  const step = trace.steps[0] as Step;
  const altered = { ...trace, steps: [{ ...step, result: { ...step.result, mtime: 1 } as Answer }] };
  assert.throws(() => replay(altered), /mtime/);
  assert.throws(() => replay({ ...trace, steps: [{ ...step, op: 'frobnicate' }] }), /frobnicate/);
  assert.throws(() => replay({ ...trace, steps: [] }), /without steps/);
});

test('a broken rule is noticed by some recording', () => {
  const unnoticed = whoNotices(traces)
    .filter(({ by }) => by.length === 0)
    .map(({ mutation }) => mutation.id);
  // The recordings have no write from a buffer that cannot be read.
  assert.deepEqual(unnoticed, ['write_buffer']);
  assert.ok(MUTATIONS.length > 20);
});
