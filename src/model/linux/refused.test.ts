/** Properties over long random runs with a seeded generator: the same calls on every machine. */
import assert from 'node:assert/strict';
import { test } from 'node:test';
import {
  type Errno,
  failed,
  Host,
  kernelsRead,
  linux,
  MFD_ALLOW_SEALING,
  NotRead,
  PAGE,
  type Process,
} from '../index.ts';
import type { Inode } from './inode.ts';

/** A generator of small integers (mulberry32). */
function generator(seed: number): (below: number) => number {
  let state = seed;
  return (below) => {
    state = (state + 0x6d2b79f5) | 0;
    let mixed = Math.imul(state ^ (state >>> 15), 1 | state);
    mixed = (mixed + Math.imul(mixed ^ (mixed >>> 7), 61 | mixed)) ^ mixed;
    return ((mixed ^ (mixed >>> 14)) >>> 0) % below;
  };
}

/** Everything that a call could change, as text. */
function snapshot(host: Host): string {
  const inodes = new Set<Inode>([...host.openFiles()].map((file) => file.inode));
  const files = [...inodes].map((inode) => [
    inode.ino,
    String(inode.size),
    inode.mode,
    inode.seals,
    [...inode.pages].map(([index, { frame, uptodate }]) => [
      index,
      uptodate,
      frame.refs,
      [...frame.read(0, PAGE)].join(),
    ]),
  ]);
  const processes = host.processes.map((process) => [
    process.name,
    [...process.files].map(([fd, { file, cloexec }]) => [fd, file.id, String(file.position), cloexec]),
    process.space.mappings.map((map) => [map.start, map.end, map.prot, map.locked, [...map.copies.keys()].join()]),
  ]);
  return JSON.stringify([files, processes, host.memory.used]);
}

interface Run {
  readonly p: Process;
  readonly fds: (number | Errno)[];
  readonly maps: (number | Errno)[];
  readonly pick: (below: number) => number;
}

const OFFSETS = [0, 1, 100, PAGE - 4, PAGE, 2 * PAGE, 3 * PAGE, -1, 2 ** 40];
const LENGTHS = [0, 1, 16, PAGE, PAGE + 1, 2 * PAGE];
const SEALS = [0, 1, 2, 4, 8, 16, 32, 64, 24];

const choose = <T>(values: readonly T[], pick: Run['pick']): T => values[pick(values.length)] as T;

/** One random call. mlock and mprotect are left out: the kernel lets them fail half done, and so does the model. */
const CALLS: readonly ((run: Run) => unknown)[] = [
  ({ p, fds, pick }) => void fds.push(p.memfd_create('t', choose([MFD_ALLOW_SEALING, 2, 0, 8, 24, 6], pick))),
  ({ p, fds }) => void fds.push(p.memfd_secret(0)),
  ({ p, fds, pick }) => void fds.push(p.dup(choose(fds, pick))),
  ({ p, fds, pick }) =>
    void fds.push(p.open(`/proc/self/fd/${choose(fds, pick)}`, choose([0, 1, 2, 0o1002, 0o2002], pick))),
  ({ p, fds, pick }) => p.ftruncate(choose(fds, pick), choose(OFFSETS, pick)),
  ({ p, fds, pick }) => p.fcntl(choose(fds, pick), 1033, choose(SEALS, pick)),
  ({ p, fds, pick }) =>
    p.pwrite(choose(fds, pick), new Uint8Array(choose(LENGTHS, pick)).fill(pick(256)), choose(OFFSETS, pick)),
  ({ p, fds, pick }) => p.pread(choose(fds, pick), new Uint8Array(choose(LENGTHS, pick)), choose(OFFSETS, pick)),
  ({ p, fds, pick }) =>
    p.fallocate(choose(fds, pick), choose([0, 1, 3, 3, 2, 16], pick), choose(OFFSETS, pick), choose(LENGTHS, pick)),
  ({ p, fds, pick }) => p.lseek(choose(fds, pick), choose(OFFSETS, pick), pick(6)),
  ({ p, fds, pick }) => p.fchmod(choose(fds, pick), choose([0o600, 0o700, 0o777], pick)),
  ({ p, fds, pick }) => p.sendfile(choose(fds, pick), choose(fds, pick), choose(OFFSETS, pick), choose(LENGTHS, pick)),
  ({ p, fds, maps, pick }) =>
    void maps.push(
      p.mmap(
        0,
        choose(LENGTHS, pick),
        pick(8),
        choose([1, 1, 2, 0], pick),
        choose(fds, pick),
        choose([0, 0, PAGE, 1], pick),
      ),
    ),
  ({ p, maps, pick }) => (maps.length > 0 ? p.munmap(choose(maps, pick), PAGE) : 0),
  ({ p, maps, pick }) => (maps.length > 0 ? p.madvise(choose(maps, pick), PAGE, choose([4, 9, 25, 99], pick)) : 0),
  ({ p, maps, pick }) => (maps.length > 0 ? p.store(choose(maps, pick), pick(256)) : 0),
  ({ p, maps, pick }) => (maps.length > 0 ? p.load(choose(maps, pick)) : 0),
];

/** A call whose answer depends on a rule that was not read throws; the run goes on. */
function callOrNotRead(call: (run: Run) => unknown, run: Run): void {
  try {
    call(run);
  } catch (error) {
    if (!(error instanceof NotRead)) throw error;
  }
}

function last(host: Host): string {
  const event = host.trace.events.at(-1);
  return `${event?.op}(${event?.args.join(', ')}) = ${event?.result}`;
}

for (const { version } of kernelsRead) {
  test(`${version}: a refused call changes nothing, seals only grow, and all memory comes back`, () => {
    let refusals = 0;
    for (let seed = 1; seed <= 40; seed++) {
      const host = new Host(linux(version), { memory: 256 * PAGE });
      const pick = generator(seed);
      const p = host.process('p');
      const run: Run = { p, pick, maps: [], fds: [p.memfd_create('t', MFD_ALLOW_SEALING)] };
      for (let step = 0; step < 60; step++) {
        const before = snapshot(host);
        const seals = new Map([...host.openFiles()].map(({ inode }) => [inode, inode.seals]));
        callOrNotRead(choose(CALLS, pick), run);
        const event = host.trace.events.at(-1);
        if (event?.why !== undefined) {
          refusals++;
          assert.equal(snapshot(host), before, `seed ${seed}: ${last(host)}`);
        }
        for (const [inode, old] of seals)
          assert.equal((inode.seals ?? 0) & (old ?? 0), old ?? 0, `seed ${seed}: ${last(host)}`);
      }
      p.exit();
      assert.equal(host.memory.used, 0, `seed ${seed}`);
    }
    assert.ok(refusals > 500, `only ${refusals} refused calls`);
  });
}

test('two runs leave the same trace', () => {
  const trace = () => {
    const host = new Host(linux('6.18.44'));
    const p = host.process('p');
    const run: Run = { p, pick: generator(7), maps: [], fds: [p.memfd_create('t', MFD_ALLOW_SEALING)] };
    for (let step = 0; step < 200; step++) choose(CALLS, run.pick)(run);
    return JSON.stringify(host.trace.events);
  };
  assert.equal(trace(), trace());
});

test('a refused call is told apart from every answer', () => {
  const p = new Host(linux('6.18.44')).process('p');
  assert.ok(failed(p.close(99)));
  assert.ok(failed(p.load(0)));
  assert.ok(!failed(p.memfd_create('t', 0)));
});
