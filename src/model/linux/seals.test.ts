import assert from 'node:assert/strict';
import { test } from 'node:test';
import {
  at,
  F_ADD_SEALS,
  F_GET_SEALS,
  F_SEAL_EXEC,
  F_SEAL_FUTURE_WRITE,
  F_SEAL_GROW,
  F_SEAL_SHRINK,
  F_SEAL_WRITE,
  Host,
  linux,
  MAP_PRIVATE,
  MAP_SHARED,
  MFD_ALLOW_SEALING,
  O_RDONLY,
  PAGE,
  PROT_READ,
  PROT_WRITE,
  type Process,
  show,
} from '../index.ts';

function sealable(version = '6.18.44'): { p: Process; fd: number } {
  const p = new Host(linux(version)).process('p');
  const fd = p.memfd_create('t', MFD_ALLOW_SEALING) as number;
  p.ftruncate(fd, 2 * PAGE);
  return { p, fd };
}

test('a pin through a private read-only view counts, a pinned private copy does not', () => {
  const { p, fd } = sealable();
  const view = p.mmap(0, PAGE, PROT_READ, MAP_PRIVATE, fd, 0);
  const pin = p.vmsplice(view, PAGE);
  assert.equal(show(p.fcntl(fd, F_ADD_SEALS, F_SEAL_WRITE)), '-EBUSY');
  assert.ok('release' in pin);
  pin.release();
  const own = p.mmap(0, PAGE, PROT_READ | PROT_WRITE, MAP_PRIVATE, fd, 0);
  p.store(own, 1);
  p.vmsplice(own, PAGE);
  assert.equal(p.fcntl(fd, F_ADD_SEALS, F_SEAL_WRITE), 0);
});

test('a pinned page that left the file no longer counts, and its frame stays until it is released', () => {
  const { p, fd } = sealable();
  const map = p.mmap(0, PAGE, PROT_READ | PROT_WRITE, MAP_SHARED, fd, 0);
  p.store(map, 7);
  const pfn = p.pagemap(map);
  const pin = p.vmsplice(map, PAGE);
  p.munmap(map, PAGE);
  p.ftruncate(fd, 0);
  assert.equal(p.fcntl(fd, F_ADD_SEALS, F_SEAL_WRITE), 0);
  assert.equal(p.host.kernel_read(pfn), 7);
  assert.ok('release' in pin);
  const used = p.host.memory.used;
  pin.release();
  assert.equal(p.host.memory.used, used - 1);
});

test('a mapping through a descriptor that was read-only does not block F_SEAL_WRITE', () => {
  const { p, fd } = sealable();
  const ro = p.open(`/proc/self/fd/${fd}`, O_RDONLY);
  p.mmap(0, PAGE, PROT_READ, MAP_SHARED, ro, 0);
  assert.equal(p.fcntl(fd, F_ADD_SEALS, F_SEAL_WRITE), 0);
});

test('a mapping that was received over a socket blocks from the other process too', () => {
  const { p, fd } = sealable();
  const peer = p.host.process('peer');
  const theirs = p.scm_rights(fd, peer);
  const map = peer.mmap(0, PAGE, PROT_READ | PROT_WRITE, MAP_SHARED, theirs, 0);
  peer.close(theirs);
  assert.equal(show(p.fcntl(fd, F_ADD_SEALS, F_SEAL_WRITE)), '-EBUSY');
  peer.munmap(map, PAGE);
  assert.equal(p.fcntl(fd, F_ADD_SEALS, F_SEAL_WRITE), 0);
});

test('the seals that F_SEAL_EXEC implies are checked, but for the older order', () => {
  for (const [version, answer] of [
    ['6.18.44', '-EBUSY'],
    ['037dd1308c6d', '0'],
  ] as const) {
    const { p, fd } = sealable(version);
    const map = p.mmap(0, PAGE, PROT_READ | PROT_WRITE, MAP_SHARED, fd, 0);
    assert.equal(show(p.fcntl(fd, F_ADD_SEALS, F_SEAL_EXEC)), answer);
    assert.equal(show(p.store(map, 1)), '0');
  }
});

test('bits above the low 32 of the argument, by version', () => {
  const wide = (1n << 40n) | BigInt(F_SEAL_SHRINK);
  const { p, fd } = sealable();
  assert.equal(p.fcntl(fd, F_ADD_SEALS, wide), 0);
  assert.equal(p.fcntl(fd, F_GET_SEALS), F_SEAL_SHRINK);
  const old = sealable('037dd1308c6d');
  assert.equal(show(old.p.fcntl(old.fd, F_ADD_SEALS, wide)), '-EINVAL');
});

test('F_SEAL_GROW: a write keeps the chunks that fit and refuses the one that crosses the end', () => {
  const { p, fd } = sealable();
  p.ftruncate(fd, PAGE + 100);
  p.fcntl(fd, F_ADD_SEALS, F_SEAL_GROW);
  assert.equal(show(p.pwrite(fd, new Uint8Array(20), PAGE + 90)), '-EPERM');
  assert.equal(p.pwrite(fd, new Uint8Array(200).fill(1), PAGE - 10), 10);
});

test('F_SEAL_FUTURE_WRITE leaves an old mapping its right to become writable again', () => {
  const { p, fd } = sealable();
  const map = p.mmap(0, 2 * PAGE, PROT_READ, MAP_SHARED, fd, 0);
  p.fcntl(fd, F_ADD_SEALS, F_SEAL_FUTURE_WRITE);
  assert.equal(p.mprotect(map, PAGE, PROT_READ | PROT_WRITE), 0);
  assert.equal(p.store(map, 1), 0);
  assert.equal(show(p.store(at(map, PAGE), 1)), 'SIGSEGV');
  const late = p.mmap(0, PAGE, PROT_READ, MAP_SHARED, fd, 0);
  assert.equal(show(p.mprotect(late, PAGE, PROT_READ | PROT_WRITE)), '-EACCES');
});
