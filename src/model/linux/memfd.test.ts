import assert from 'node:assert/strict';
import { test } from 'node:test';
import {
  Errno,
  F_ADD_SEALS,
  F_GET_SEALS,
  F_GETFD,
  F_SEAL_EXEC,
  F_SEAL_SEAL,
  Host,
  linux,
  MFD_ALLOW_SEALING,
  MFD_CLOEXEC,
  MFD_EXEC,
  MFD_HUGE_1GB,
  MFD_HUGETLB,
  MFD_NOEXEC_SEAL,
  NotRead,
  show,
  versionsRead,
} from '../index.ts';

const fresh = (version = '6.18.44') => new Host(linux(version)).process('p');

test('a version that was not read is not guessed', () => {
  assert.throws(
    () => linux('6.18'),
    (error: Error) => {
      return error instanceof NotRead && versionsRead.every((version) => error.message.includes(version));
    },
  );
});

test('a file starts with the seals and the mode of its flags', () => {
  const p = fresh();
  const cases = [
    [0, F_SEAL_SEAL, 0o777],
    [MFD_ALLOW_SEALING, 0, 0o777],
    [MFD_EXEC, F_SEAL_SEAL, 0o777],
    [MFD_NOEXEC_SEAL, F_SEAL_EXEC, 0o666],
    [MFD_HUGETLB | MFD_ALLOW_SEALING, 0, 0o777],
  ] as const;
  for (const [flags, seals, mode] of cases) {
    const fd = p.memfd_create('t', flags);
    assert.equal(p.fcntl(fd, F_GET_SEALS), seals);
    const stat = p.fstat(fd);
    assert.ok(!(stat instanceof Errno));
    assert.equal(stat.st_mode & 0o7777, mode);
    assert.equal(stat.st_nlink, 0);
  }
});

test('the flag word is checked before the policy, the policy before the name', () => {
  const p = fresh();
  p.sysctl('vm.memfd_noexec', 2);
  const name = 'n'.repeat(250);
  assert.equal(show(p.memfd_create(name, MFD_EXEC | MFD_NOEXEC_SEAL)), '-EINVAL');
  assert.equal(show(p.memfd_create(name, MFD_EXEC)), '-EACCES');
  assert.equal(show(p.memfd_create(name, MFD_NOEXEC_SEAL)), '-EINVAL');
  assert.equal(show(p.memfd_create(null, MFD_NOEXEC_SEAL)), '-EFAULT');
});

test('a name may have 249 bytes, counted in UTF-8', () => {
  const p = fresh();
  assert.equal(typeof p.memfd_create('n'.repeat(249), 0), 'number');
  assert.equal(show(p.memfd_create('ä'.repeat(125), 0)), '-EINVAL');
});

test('huge page sizes that x86-64 lacks are ENODEV; the size is the block size', () => {
  const p = fresh();
  const stat = p.fstat(p.memfd_create('t', MFD_HUGETLB | MFD_HUGE_1GB));
  assert.ok(!(stat instanceof Errno));
  assert.equal(stat.st_blksize, 2 ** 30);
  assert.equal(show(p.memfd_create('t', (MFD_HUGETLB | (16 << 26)) >>> 0)), '-ENODEV');
});

test('only the low 32 bits of the flag word count; MFD_CLOEXEC sets close-on-exec', () => {
  const p = fresh();
  assert.equal(p.fcntl(p.memfd_create('t', (1n << 40n) | BigInt(MFD_CLOEXEC)), F_GETFD), 1);
});

test('a refused descriptor is EBADF wherever it is used', () => {
  const p = fresh();
  const fd = p.memfd_create('t', 0x20);
  assert.ok(fd instanceof Errno);
  assert.equal(show(p.fcntl(fd, F_ADD_SEALS, 0)), '-EBADF');
  assert.equal(show(p.ftruncate(fd, 4096)), '-EBADF');
  assert.equal(show(p.write(fd, 'x')), '-EBADF');
  assert.equal(show(p.mmap(0, 4096, 1, 1, fd, 0)), '-EBADF');
});

test('vm.memfd_noexec by version', () => {
  const answers = ['037dd1308c6d', '6.12.117', '6.18.44', '7.3.4'].map((version) => {
    const p = fresh(version);
    p.sysctl('vm.memfd_noexec', 2);
    return [show(p.memfd_create('t', 0)), show(p.memfd_create('t', MFD_EXEC)), show(p.sysctl('vm.memfd_noexec', 0))];
  });
  assert.deepEqual(answers, [
    ['-EINVAL', '3', '-EINVAL'],
    ['3', '-EACCES', '0'],
    ['3', '-EACCES', '0'],
    ['3', '-EACCES', '0'],
  ]);
});
