/** The live comparison: what it generates, how it shrinks, what it reads and writes, and a small run where a kernel is there. */
import assert from 'node:assert/strict';
import { test } from 'node:test';
import { fileURLToPath } from 'node:url';
import { findFiles, OWN, readItems } from '../files.ts';
import { flatten, replay } from '../replay.ts';
import type { Step, Trace } from '../trace.ts';
import { compare, questionsOf } from './compare.ts';
import type { Offer } from './create-steps.ts';
import { generate } from './generate.ts';
import { LiveKernel } from './helper.ts';
import { ask, kernelRelease, unsuitable, whoAsks } from './machine.ts';
import { decode, encode, HelperDied, int, type Question } from './protocol.ts';
import { Random } from './random.ts';
import { KNOWN, known, RELEASES, rulesFor } from './releases.ts';
import { run } from './run.ts';
import { candidates, shrink } from './shrink.ts';

const EVERYTHING: Offer = { secret: true, pidns: true, drop: true, tmpfs: true, huge: true, guest: true };
const NOTHING: Offer = { secret: false, pidns: false, drop: false, tmpfs: false, huge: false, guest: false };
const recordings = findFiles(OWN)
  .flatMap((file) => readItems(file))
  .filter(({ schema }) => schema === 'guest-memory-oracle/1') as unknown as Trace[];
const REGRESSIONS = fileURLToPath(new URL('./regressions/', import.meta.url));

test('a sequence follows from seed and number', () => {
  for (let index = 0; index < 50; index++) {
    assert.deepEqual(generate(7, index, EVERYTHING), generate(7, index, EVERYTHING));
  }
  const first = JSON.stringify(generate(7, 0, EVERYTHING));
  assert.notEqual(first, JSON.stringify(generate(7, 1, EVERYTHING)));
  assert.notEqual(first, JSON.stringify(generate(8, 0, EVERYTHING)));
  // The numbers themselves are fixed, so that a seed means the same everywhere.
  const random = new Random(1, 0);
  assert.deepEqual([random.next(), random.next(), random.next()], [2308299391, 1950625580, 354034397]);
});

test('the generator reaches every operation that it knows, and asks for nothing that is not offered', () => {
  const count = (offer: Offer): Map<string, number> => {
    const found = new Map<string, number>();
    const add = (steps: readonly Question[]): void => {
      for (const { op, child } of steps) {
        found.set(op, (found.get(op) ?? 0) + 1);
        add(child ?? []);
      }
    };
    for (let index = 0; index < 3000; index++) add(generate(1, index, offer));
    return found;
  };
  const all = count(EVERYTHING);
  for (const op of new Set(recordings.flatMap(({ steps }) => operations(steps)))) {
    if (op === 'open_disk_file') continue;
    assert.ok((all.get(op) ?? 0) > 0, `${op} is never generated`);
  }
  const few = count(NOTHING);
  for (const op of ['memfd_secret', 'open_tmpfs_file', 'new_pidns_child', 'become_unprivileged', 'kvm_create_vm']) {
    assert.equal(few.get(op), undefined, op);
  }
});

const operations = (steps: readonly Step[]): string[] =>
  steps.flatMap(({ op, child }) => [op, ...operations(child ?? [])]);

test('shrinking leaves out steps and makes numbers smaller, as long as it still fails', async () => {
  const steps: Question[] = [
    { op: 'memfd_create', args: { name: 't', flags: 2, out: 'f' } },
    { op: 'fstat', args: { fd: 'f' } },
    {
      op: 'fork_child',
      args: {},
      child: [
        { op: 'fstat', args: { fd: 'f' } },
        { op: 'pwrite', args: { fd: 'f', offset: 9000, len: 4097, byte: 7 } },
      ],
    },
    { op: 'ftruncate', args: { fd: 'f', length: '4611686018427387904' } },
  ];
  let asked = 0;
  const fails = async (all: readonly Question[]): Promise<boolean> => {
    asked++;
    const flat = all.flatMap((step) => [step, ...(step.child ?? [])]);
    return flat.some(({ op, args }) => op === 'pwrite' && Number(args['offset']) > 4096);
  };
  const small = await shrink(steps, fails);
  assert.deepEqual(small, [{ op: 'pwrite', args: { fd: 'f', offset: 8192, len: 0, byte: 0 } }]);
  for (const smaller of candidates(small)) assert.equal(await fails(smaller), false);
  assert.ok(asked < 100, `${asked} attempts`);
});

test('a recording goes through the lines and comes back', () => {
  for (const trace of recordings) {
    const lines = answer(trace.steps, 0);
    const { steps, leftOut } = decode(questionsOf(trace.steps), lines);
    assert.deepEqual(leftOut, []);
    assert.deepEqual(steps.map(bare), trace.steps.map(bare), trace.name);
    assert.equal(encode(questionsOf(trace.steps)).trimEnd().split('\n').length, linesOf(trace.steps));
  }
});

/** What the lines say of a step: everything but texts, and the codes of signals. */
function bare(step: Step): unknown {
  const { ret_text: _, si_code: __, ...result } = step.result;
  return { ...step, result, child: step.child?.map(bare) };
}

const linesOf = (steps: readonly Step[]): number =>
  steps.reduce((sum, { child }) => sum + 1 + (child === undefined ? 0 : 1 + linesOf(child)), 0);

const NUMBER: Readonly<Record<string, number>> = { EPERM: 1, ENXIO: 6, EBADF: 9, EAGAIN: 11, ENOMEM: 12, EACCES: 13 };
const MORE: Readonly<Record<string, number>> = {
  EFAULT: 14,
  EBUSY: 16,
  EEXIST: 17,
  EXDEV: 18,
  ENODEV: 19,
  EINVAL: 22,
  ENOTTY: 25,
  EFBIG: 27,
  ENOSPC: 28,
  ESPIPE: 29,
  EOVERFLOW: 75,
  EOPNOTSUPP: 95,
  EIO: 5,
};

/** What the helper would have printed, had it been the one that recorded. */
function answer(steps: readonly Step[], depth: number): string[] {
  return steps.flatMap((step) => {
    if (step.child !== undefined) return [...answer(step.child, depth + 1), 'ended'];
    const { result, post, args } = step;
    const seen = post === undefined ? '' : ` post ${post.fd === args['fd'] ? 0 : 1} ${post.size} ${post.seals ?? -1}`;
    return [`${answerLine(result)}${seen}`];
  });
}

function answerLine({ ok, ret, value, data, stat, errno, signal }: Step['result']): string {
  if (signal !== undefined) return `sig ${signal === 'SIGBUS' ? 7 : 11} 2`;
  if (!ok) {
    const number = NUMBER[String(errno)] ?? MORE[String(errno)];
    assert.ok(number !== undefined, errno);
    return `err ${number}`;
  }
  if (value !== undefined) return `ok ${ret} value ${value}`;
  if (data !== undefined) return `ok ${ret} data ${data.flat().join(' ')}`.trimEnd();
  if (stat === undefined) return `ok ${ret}`;
  const { size, mode, kind, allocated_pages, blksize, nlink } = stat;
  return `ok ${ret} stat ${size} ${mode} ${kind} ${allocated_pages} ${blksize} ${nlink}`;
}

test('a helper that ends early or answers strangely is an error, not an answer', () => {
  const steps: Question[] = [{ op: 'memfd_secret', args: { flags: 0, out: 'f' } }];
  for (const lines of [[], ['died 9'], ['hello'], ['ok 0', 'ok 0'], ['sig 9 0']]) {
    assert.throws(() => decode(steps, lines), HelperDied);
  }
  assert.deepEqual(decode(steps, ['none']), { steps: [], leftOut: ['no handle'] });
  assert.throws(() => encode([{ op: 'frobnicate', args: {} }]), /frobnicate/);
  assert.throws(() => encode([{ op: 'memfd_secret', args: { out: 'f' } }]), /'flags' is missing/);
});

test('numbers travel exactly', () => {
  assert.equal(int('9007199254740991'), 9007199254740991);
  assert.equal(int('9007199254740992'), '9007199254740992');
  assert.equal(int(-(2n ** 63n)), '-9223372036854775808');
});

test('every list of differences says why', () => {
  for (const { series, version, because } of RELEASES) {
    assert.equal(rulesFor(`${series}1`)?.kernel.version, version);
    assert.ok(because.endsWith('.'));
  }
  for (const { id, because } of KNOWN) assert.ok(id !== '' && because.endsWith('.'));
  assert.equal(rulesFor('6.19.1'), undefined);
  assert.equal(rulesFor('6.1.2'), undefined);
});

test('a copy within one page explains other bytes, and nothing else', () => {
  const made = (op: string, args: Step['args']): Step => ({ op, args, result: { ok: true, ret: 0 } });
  const own = [
    made('memfd_create', { flags: 0, out: 'f' }),
    made('dup', { fd: 'f', out: 'g' }),
    made('mmap', { fd: 'g', length: 1, prot: 1, flags: 1, offset: 0, out: 'm' }),
    made('write_from_map', { fd: 'f', map: 'm', file_offset: 1 }),
  ];
  const other = [...own.slice(0, 3), made('write_from_map', { fd: 'h', map: 'm', file_offset: 1 })];
  const wrong = (field: string) => ({
    ...{ number: '5', op: 'pread', args: { fd: 'f' }, expected: {}, found: {}, owners: [] },
    differences: [{ field, expected: '1', found: '2' }],
  });
  assert.equal(known('6.18.44', wrong('data'), own)?.id, 'copy within one page');
  assert.equal(known('6.18.44', wrong('ret'), own), undefined);
  assert.equal(known('6.18.44', wrong('data'), other), undefined);
});

test('what the live comparison found stays right', () => {
  const found = findFiles(REGRESSIONS).flatMap((file) => readItems(file)) as unknown as Trace[];
  assert.ok(found.length >= 5);
  for (const trace of found) {
    assert.ok(trace.tags.includes('live'), trace.name);
    const wrong = flatten(replay(trace).steps).filter((step) => step.differences.length > 0);
    assert.deepEqual(wrong, [], trace.name);
  }
});

/** Why the tests below cannot run here; false where they can. */
function missing(): string | false {
  const why = unsuitable();
  if (why !== undefined) return why;
  if (rulesFor(kernelRelease()) === undefined) return `no rules for Linux ${kernelRelease()}`;
  try {
    new LiveKernel().close();
    return false;
  } catch (error) {
    return error instanceof Error ? (error.message.split('\n')[0] ?? error.message) : String(error);
  }
}

const skip = missing();

test('300 sequences agree with the running kernel', { skip }, async () => {
  const live = new LiveKernel();
  try {
    const release = kernelRelease();
    const model = rulesFor(release)?.kernel;
    assert.ok(model !== undefined);
    const { offer } = await ask(live);
    const totals = await run({ live, model, release, as: whoAsks() }, offer, 20261120, 300);
    assert.deepEqual([...totals.findings.keys()], []);
    assert.ok(totals.steps > 1500, `${totals.steps} steps`);
    assert.ok(totals.answers > totals.steps);
  } finally {
    live.close();
  }
});

test('a wrong rule is noticed, and its sequence made short', { skip }, async () => {
  const live = new LiveKernel();
  try {
    const release = kernelRelease();
    const right = rulesFor(release)?.kernel;
    assert.ok(right !== undefined);
    const model = { ...right, rules: { ...right.rules, seals: right.rules.seals & ~4 } };
    const pair = { live, model, release, as: whoAsks() };
    const totals = await run(pair, { ...NOTHING }, 1, 100);
    const finding = [...totals.findings.values()].find(({ kind }) => kind.startsWith('fcntl_add_seals'));
    assert.ok(finding !== undefined, 'a kernel without F_SEAL_GROW goes unnoticed');
    const small = await shrink(finding.steps, async (steps) => {
      const { verdict } = await compare(pair, 'shorter', steps);
      return verdict.is === 'disagreed' && verdict.kind === finding.kind;
    });
    assert.ok(small.length <= 3, JSON.stringify(small));
  } finally {
    live.close();
  }
});
