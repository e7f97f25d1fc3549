/** Lengths and offsets at the edge of 64 bits. Each answer was given by 6.18.44 itself (live comparison on 6.18.44). */
import assert from 'node:assert/strict';
import { test } from 'node:test';
import {
  Host,
  linux,
  MAP_NORESERVE,
  MAP_PRIVATE,
  MAP_SHARED,
  MFD_HUGETLB,
  PAGE,
  PROT_NONE,
  SEEK_DATA,
  SEEK_SET,
} from '../index.ts';

const LONGEST = 2n ** 64n - 1n;

function start() {
  const process = new Host(linux('6.18.44')).process('p');
  const fd = process.memfd_create('m', 0);
  const map = process.mmap(0, PAGE, PROT_NONE, MAP_SHARED, fd, 0);
  return { process, fd, map };
}

test('mlock: a length that wraps around to 0 locks nothing, one that wraps further is refused', () => {
  const { process, map } = start();
  assert.equal(process.mlock(map, LONGEST), 0);
  assert.equal(String(process.mlock(map, 2n ** 64n - BigInt(PAGE))), '-EINVAL');
  const nobody = new Host(linux('6.18.44')).process('nobody', { uid: 1, rlimit_memlock: 1 });
  const own = nobody.mmap(0, PAGE, PROT_NONE, MAP_SHARED, nobody.memfd_create('m', 0), 0);
  assert.equal(nobody.mlock(own, LONGEST), 0);
});

test('mprotect: the range comes before the protection word and before the mapping', () => {
  const { process, map } = start();
  const length = 2n ** 64n - BigInt(PAGE);
  assert.equal(String(process.mprotect(map, length, 16)), '-ENOMEM');
  assert.equal(String(process.mprotect(map, length, 1)), '-ENOMEM');
  assert.equal(String(process.mprotect(map, PAGE, 16)), '-EINVAL');
});

test('mmap of huge pages: a length that wraps around counts as 0', () => {
  const { process } = start();
  const huge = process.memfd_create('h', MFD_HUGETLB);
  assert.equal(String(process.mmap(0, LONGEST, PROT_NONE, MAP_PRIVATE | MAP_NORESERVE, huge, 0)), '-EINVAL');
  assert.equal(String(process.mmap(0, LONGEST, PROT_NONE, MAP_PRIVATE, process.memfd_create('m', 0), 0)), '-ENOMEM');
});

test('lseek: the lowest offset there is, asked for by number, is refused', () => {
  const { process, fd } = start();
  const lowest = -(2n ** 63n);
  assert.equal(String(process.lseek(fd, lowest, SEEK_SET)), '-EINVAL');
  const huge = process.memfd_create('h', MFD_HUGETLB);
  assert.equal(String(process.lseek(huge, lowest, SEEK_DATA)), '-EINVAL');
});

test('sendfile: the target counts only what one call moves', () => {
  const { process, fd } = start();
  const target = process.memfd_create('n', 0);
  process.lseek(target, 1, SEEK_SET);
  assert.equal(process.sendfile(target, fd, 0, 2n ** 63n - 1n), 0);
  assert.equal(String(process.sendfile(target, fd, 1, 2n ** 63n - 1n)), '-EINVAL');
});

test('sendfile: no bytes from the largest offset are no error', () => {
  const { process, fd } = start();
  assert.equal(process.sendfile(process.memfd_create('n', 0), fd, 2n ** 63n - 1n, 0), 0);
});
