import assert from 'node:assert/strict';
import { test } from 'node:test';
import {
  at,
  failed,
  Host,
  linux,
  MADV_DONTNEED,
  MADV_REMOVE,
  MAP_SHARED,
  MFD_ALLOW_SEALING,
  NotRead,
  Oops,
  PAGE,
  PROT_READ,
  PROT_WRITE,
  show,
} from '../index.ts';

function secret(version = '6.18.44', options = {}) {
  const host = new Host(linux(version));
  const p = host.process('p', options);
  const fd = p.memfd_secret(0);
  p.ftruncate(fd, 8 * PAGE);
  return { host, p, fd };
}

const RW = PROT_READ | PROT_WRITE;

test("the kernel's own access faults while the page is secret, and finds zeros when it is free again", () => {
  const { host, p, fd } = secret();
  const map = p.mmap(0, PAGE, RW, MAP_SHARED, fd, 0);
  p.store(map, 0x53);
  const pfn = p.pagemap(map);
  assert.ok(host.kernel_read(pfn) instanceof Oops);
  assert.ok(failed(host.kernel_write(pfn, 0, 1)));
  assert.equal(p.load(map), 0x53);
  p.munmap(map, PAGE);
  p.close(fd);
  assert.equal(host.kernel_read(pfn), 0);
});

test('the page of an ordinary memfd is within the reach of the kernel', () => {
  const host = new Host(linux('6.18.44'));
  const p = host.process('p');
  const fd = p.memfd_create('t', MFD_ALLOW_SEALING);
  p.write(fd, 'S');
  const map = p.mmap(0, PAGE, RW, MAP_SHARED, fd, 0);
  assert.equal(host.kernel_read(p.pagemap(map)), 0x53);
});

test('RLIMIT_MEMLOCK: at mmap in 6.18.44, without effect on root', () => {
  const { p, fd } = secret('6.18.44', { uid: 1000, rlimit_memlock: 2 * PAGE });
  assert.equal(show(p.mmap(0, 3 * PAGE, RW, MAP_SHARED, fd, 0)), '-EAGAIN');
  assert.ok(!failed(p.mmap(0, 2 * PAGE, RW, MAP_SHARED, fd, 0)));
  const root = secret('6.18.44', { rlimit_memlock: 0 });
  assert.ok(!failed(root.p.mmap(0, 3 * PAGE, RW, MAP_SHARED, root.fd, 0)));
});

test('RLIMIT_MEMLOCK: at first touch in 6.12.117 and 7.3.4, for root too, given back with the file', () => {
  for (const version of ['6.12.117', '7.3.4']) {
    const { host, p, fd } = secret(version, { rlimit_memlock: 2 * PAGE });
    const map = p.mmap(0, 8 * PAGE, RW, MAP_SHARED, fd, 0);
    assert.equal(show(p.store(map, 1)), '0');
    assert.equal(show(p.store(at(map, PAGE), 1)), '0');
    assert.equal(show(p.store(at(map, 2 * PAGE), 1)), 'SIGBUS');
    assert.equal(host.lockedByUser.get(0), 2);
    p.munmap(map, 8 * PAGE);
    p.close(fd);
    assert.equal(host.lockedByUser.get(0), 0);
  }
});

test('madvise by version: refused where the mapping counts as locked', () => {
  const answers = ['6.12.117', '6.18.44'].map((version) => {
    const { p, fd } = secret(version);
    const map = p.mmap(0, PAGE, RW, MAP_SHARED, fd, 0);
    return [show(p.madvise(map, PAGE, MADV_DONTNEED)), show(p.madvise(map, PAGE, MADV_REMOVE))];
  });
  assert.deepEqual(answers, [
    ['0', '-EOPNOTSUPP'],
    ['-EINVAL', '-EINVAL'],
  ]);
});

test('a rule that was not read is not guessed', () => {
  const { p, fd } = secret('7.3.4');
  const map = p.mmap(0, PAGE, RW, MAP_SHARED, fd, 0);
  assert.throws(() => p.madvise(map, PAGE, MADV_DONTNEED), NotRead);
  const old = secret('037dd1308c6d');
  assert.throws(() => old.p.mmap(0, PAGE, RW, MAP_SHARED, old.fd, 0), NotRead);
});

test('get_user_pages refuses, copies by address work', () => {
  const { p, fd } = secret();
  const map = p.mmap(0, PAGE, RW, MAP_SHARED, fd, 0);
  p.store(map, 0x53);
  assert.equal(show(p.vmsplice(map, PAGE)), '-EFAULT');
  assert.equal(show(p.process_vm_readv(p, map, new Uint8Array(1))), '-EFAULT');
  const out = p.memfd_create('out', 0);
  assert.equal(p.pwrite(out, p.buffer(map, 1), 0), 1);
  const bytes = new Uint8Array(1);
  p.pread(out, bytes, 0);
  assert.equal(show(bytes), '53');
});
