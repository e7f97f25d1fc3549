import assert from 'node:assert/strict';
import { test } from 'node:test';
import { findFiles, OWN, readItems } from './files.ts';
import { flatten, replay } from './replay.ts';
import { SUBJECTS, topicOf } from './topics.ts';
import type { Trace } from './trace.ts';
import { afterText, answerText, callText } from './words.ts';

const traces = findFiles(OWN)
  .flatMap((file) => readItems(file))
  .filter(({ schema }) => schema === 'guest-memory-oracle/1') as unknown as Trace[];

test('every recorded call and answer has words', () => {
  for (const trace of traces) {
    for (const step of flatten(replay(trace).steps)) {
      assert.doesNotMatch(callText(step), /undefined|NaN|[{}]/, trace.name);
      assert.notEqual(answerText(step.op, step.expected), '', trace.name);
      assert.equal(answerText(step.op, step.expected), answerText(step.op, step.found));
    }
  }
});

test('calls read as C, answers as one line', () => {
  const args = { fd: 'a', length: 8192, prot: 3, flags: 1, offset: 0, out: 'm' };
  assert.equal(callText({ op: 'mmap', args }), 'm = mmap(8192, PROT_READ|PROT_WRITE, MAP_SHARED, a, 0)');
  assert.equal(
    callText({ op: 'fcntl_add_seals', args: { fd: 'a', seals: '1099511627778' } }),
    'fcntl(a, F_ADD_SEALS, 0x10000000002)',
  );
  assert.equal(answerText('load', { result: 'SIGBUS', si_code: 'BUS_ADRERR' }), 'SIGBUS BUS_ADRERR');
  assert.equal(answerText('pread', { result: 'ok', ret: '2', data: '65×2' }), '2: 65×2');
  assert.equal(answerText('fcntl_get_seals', { result: 'ok', ret: '10' }), '{SHRINK|WRITE}');
  assert.equal(afterText({ 'post.fd': 'a', 'post.size': '8', 'post.seals': '0' }), 'a: 8 {}');
});

test('every recording has its topic, and no topic is empty', () => {
  const subject = ({ subsystem }: Trace) => (subsystem === 'guest_memfd' ? 'guest_memfd' : 'memfd');
  for (const { id, topics } of SUBJECTS) {
    for (const topic of topics) {
      const own = traces.filter((trace) => subject(trace) === id && topicOf(id, trace.name) === topic);
      assert.ok(own.length > 0, topic.id);
    }
  }
});
