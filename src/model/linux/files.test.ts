import assert from 'node:assert/strict';
import { test } from 'node:test';
import {
  at,
  FALLOC_FL_KEEP_SIZE,
  FALLOC_FL_PUNCH_HOLE,
  Host,
  linux,
  MAP_ANONYMOUS,
  MAP_PRIVATE,
  MAP_SHARED,
  MFD_ALLOW_SEALING,
  O_APPEND,
  O_RDWR,
  O_TRUNC,
  PAGE,
  PROT_NONE,
  PROT_READ,
  PROT_WRITE,
  type Process,
  SEEK_CUR,
  SEEK_DATA,
  SEEK_END,
  SEEK_HOLE,
  show,
} from '../index.ts';

const RW = PROT_READ | PROT_WRITE;

function file(size = 2 * PAGE): { host: Host; p: Process; fd: number } {
  const host = new Host(linux('6.18.44'));
  const p = host.process('p');
  const fd = p.memfd_create('t', MFD_ALLOW_SEALING) as number;
  p.ftruncate(fd, size);
  return { host, p, fd };
}

function read(p: Process, fd: number, offset: number | bigint, length: number): string {
  const buffer = new Uint8Array(length);
  const count = p.pread(fd, buffer, offset);
  return typeof count === 'number' ? show(buffer.subarray(0, count)) : show(count);
}

test('offsets and sizes beyond 2^53 are exact', () => {
  const { p, fd } = file();
  const far = 2n ** 53n + 3n;
  assert.equal(p.pwrite(fd, 'x', far), 1);
  assert.equal(p.lseek(fd, 0, SEEK_END), far + 1n);
  assert.equal(read(p, fd, far, 4), '78');
  assert.equal(p.lseek(fd, PAGE, SEEK_DATA), (far / 4096n) * 4096n);
  assert.equal(p.ftruncate(fd, 2n ** 63n - 1n), 0);
  assert.equal(show(p.pwrite(fd, 'xy', 2n ** 63n - 2n)), '-EINVAL');
  assert.equal(p.pwrite(fd, 'x', 2n ** 63n - 2n), 1);
  assert.equal(show(p.fallocate(fd, 0, 2n ** 63n - 1n, 1)), '-EFBIG');
});

test('dup shares the position, opening again does not', () => {
  const { p, fd } = file();
  const dup = p.dup(fd);
  const again = p.open(`/proc/self/fd/${fd}`, O_RDWR);
  assert.equal(p.write(fd, 'abc'), 3);
  assert.equal(p.lseek(dup, 0, SEEK_CUR), 3);
  assert.equal(p.lseek(again, 0, SEEK_CUR), 0);
});

test('O_APPEND writes at the end, also with pwrite; O_TRUNC obeys the seal', () => {
  const { p, fd } = file(10);
  const append = p.open(`/proc/self/fd/${fd}`, O_RDWR | O_APPEND);
  assert.equal(p.pwrite(append, 'z', 0), 1);
  assert.equal(read(p, fd, 10, 4), '7a');
  p.fcntl(fd, 1033, 2);
  assert.equal(show(p.open(`/proc/self/fd/${fd}`, O_RDWR | O_TRUNC)), '-EPERM');
});

test('a page that only fallocate asked for is a hole until it is asked for again', () => {
  const { p, fd } = file();
  p.fallocate(fd, 0, 0, PAGE);
  assert.equal(show(p.lseek(fd, 0, SEEK_DATA)), '-ENXIO');
  p.fallocate(fd, FALLOC_FL_KEEP_SIZE, 0, PAGE);
  assert.equal(p.lseek(fd, 0, SEEK_DATA), 0);
  assert.equal(p.lseek(fd, 0, SEEK_HOLE), PAGE);
});

test('a hole frees whole pages, zeroes parts, and leaves private copies', () => {
  const { p, fd } = file(3 * PAGE);
  p.write(fd, new Uint8Array(3 * PAGE).fill(7));
  const own = p.mmap(0, 3 * PAGE, RW, MAP_PRIVATE, fd, 0);
  p.store(at(own, PAGE), 9);
  p.fallocate(fd, FALLOC_FL_PUNCH_HOLE | FALLOC_FL_KEEP_SIZE, 100, 2 * PAGE);
  assert.equal(read(p, fd, 0, 3 * PAGE), `07×100 00×${2 * PAGE} 07×${PAGE - 100}`);
  assert.equal(p.load(at(own, PAGE)), 9);
  assert.equal(p.load(at(own, PAGE + 1)), 7);
  assert.equal(show(p.fstat(fd)), '{ st_size: 12288, st_mode: 0100777, st_blocks: 16 }');
});

test('shrinking takes private copies behind the end away', () => {
  const { p, fd } = file();
  const own = p.mmap(0, 2 * PAGE, RW, MAP_PRIVATE, fd, 0);
  p.store(at(own, PAGE), 9);
  p.ftruncate(fd, PAGE);
  assert.equal(show(p.load(at(own, PAGE))), 'SIGBUS');
  p.ftruncate(fd, 2 * PAGE);
  assert.equal(p.load(at(own, PAGE)), 0);
});

test('after fork a private copy belongs to both until one stores', () => {
  const { p, fd } = file();
  const own = p.mmap(0, PAGE, RW, MAP_PRIVATE, fd, 0);
  p.store(own, 1);
  const child = p.fork('child');
  child.store(own, 2);
  assert.equal(p.load(own), 1);
  assert.equal(child.load(own), 2);
  p.store(own, 3);
  assert.equal(child.load(own), 2);
});

test('signals say why: nothing mapped, no right, behind the end', () => {
  const { p, fd } = file(PAGE);
  const map = p.mmap(0, 2 * PAGE, PROT_READ, MAP_SHARED, fd, 0);
  const none = p.mmap(0, PAGE, PROT_NONE, MAP_SHARED, fd, 0);
  const codes = [p.load(0), p.store(map, 1), p.load(none), p.load(at(map, PAGE))].map((signal) =>
    typeof signal === 'number' ? signal : signal.code,
  );
  assert.deepEqual(codes, ['SEGV_MAPERR', 'SEGV_ACCERR', 'SEGV_ACCERR', 'BUS_ADRERR']);
});

test('a buffer that cannot be read: EPERM or EFAULT by version, and the size it leaves behind', () => {
  for (const [version, answer, size] of [
    ['6.12.117', '-EFAULT', 2 * PAGE],
    ['6.18.44', '-EFAULT', 4 * PAGE],
  ] as const) {
    const p = new Host(linux(version)).process('p');
    const fd = p.memfd_create('t', MFD_ALLOW_SEALING);
    p.ftruncate(fd, 2 * PAGE);
    assert.equal(show(p.pwrite(fd, p.buffer(0, 8), 4 * PAGE)), answer);
    assert.equal(p.lseek(fd, 0, SEEK_END), size);
    p.fcntl(fd, 1033, 8);
    const sealed = show(p.pwrite(fd, p.buffer(0, 8), 0));
    assert.equal(sealed, version === '6.18.44' ? '-EPERM' : '-EFAULT');
  }
});

test('a copy from file to file obeys the seals of its target', () => {
  const { p, fd } = file();
  p.write(fd, 'hello');
  const out = p.memfd_create('out', MFD_ALLOW_SEALING);
  assert.equal(p.sendfile(out, fd, 0, 5), 5);
  assert.equal(p.copy_file_range(fd, 1, out, 5, 4), 4);
  assert.equal(read(p, out as number, 0, 16), '68 65 6c 6c 6f 65 6c 6c 6f');
  assert.equal(show(p.copy_file_range(fd, 0, fd, 1, 4)), '-EINVAL');
  p.fcntl(out, 1033, 8);
  assert.equal(show(p.sendfile(out, fd, 0, 5)), '-EPERM');
});

test('a file lives as long as a descriptor or a mapping, then its memory is free again', () => {
  const { host, p, fd } = file();
  p.write(fd, new Uint8Array(2 * PAGE).fill(1));
  const map = p.mmap(0, PAGE, RW, MAP_SHARED, fd, 0);
  p.close(fd);
  assert.equal(p.load(map), 1);
  assert.equal(host.memory.used, 2);
  p.munmap(map, PAGE);
  assert.equal(host.memory.used, 0);
});

test('a write by another user takes the set-uid bit away, even a refused one', () => {
  const { p, fd } = file();
  p.fchmod(fd, 0o6755);
  p.write(fd, 'x');
  assert.equal(show(p.fstat(fd)), '{ st_size: 8192, st_mode: 0106755, st_blocks: 8 }');
  p.fcntl(fd, 1033, 8);
  p.setuid(1000);
  assert.equal(show(p.write(fd, 'x')), '-EPERM');
  assert.equal(show(p.fstat(fd)), '{ st_size: 8192, st_mode: 0100755, st_blocks: 8 }');
});

test('a machine without memory refuses, and says how much there is', () => {
  const p = new Host(linux('6.18.44'), { memory: 4 * PAGE }).process('p');
  const fd = p.memfd_create('t', 0);
  assert.equal(show(p.fallocate(fd, 0, 0, 5 * PAGE)), '-ENOMEM');
  assert.equal(p.fallocate(fd, 0, 0, 4 * PAGE), 0);
  const own = p.mmap(0, PAGE, RW, MAP_PRIVATE | MAP_ANONYMOUS, -1, 0);
  assert.equal(show(p.store(own, 1)), 'SIGBUS');
});

test('every step leaves an event with owners; a refused one says why', () => {
  const { host, p, fd } = file();
  p.pwrite(fd, 'x', PAGE);
  const written = host.trace.events.at(-1);
  assert.deepEqual(written?.owners, [
    {
      object: 't',
      first: 0,
      runs: [
        ['·', 1],
        ['H', 1],
      ],
    },
  ]);
  p.fcntl(fd, 1033, 0x40);
  const refused = host.trace.events.at(-1);
  assert.equal(refused?.result, '-EINVAL');
  assert.ok((refused?.why ?? '').endsWith('.'));
  assert.deepEqual(refused?.args, ['3', 'F_ADD_SEALS', '0x40']);
});

test('the picture is drawn from the state', () => {
  const { host, p, fd } = file();
  p.write(fd, 'x');
  p.mmap(0, PAGE, RW, MAP_SHARED, fd, 0);
  const drawn = host.picture('one file');
  assert.deepEqual(
    drawn.nodes.map(({ label }) => label),
    ['p: fd 3', 'p: mapping', 'open file 1', 't', 'page 0', 'page 1'],
  );
  const ids = new Set(drawn.nodes.map(({ id }) => id));
  assert.ok(drawn.edges.every(({ from, to }) => ids.has(from) && ids.has(to)));
});
