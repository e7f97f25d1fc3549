import assert from 'node:assert/strict';
import { test } from 'node:test';
import { linux } from '../../model/index.ts';
import { noexecTable } from './noexec.ts';
import { secretTable } from './secret.ts';

const rows = (table: ReturnType<typeof secretTable>): Map<string, string[]> =>
  new Map(
    table.groups.flatMap(({ rows: all }) => all.map(({ label, cells }) => [label, cells.map(({ text }) => text)])),
  );

test('a secret file answers as recorded, and the kernel cannot read its page', () => {
  const secret = rows(secretTable(linux('6.18.44')));
  // Recordings secret-no-file-io, secret-mmap-kinds, secret-hidden-from-gup, secret-reopen, secret-size-once.
  assert.deepEqual(secret.get('read: 4 bytes'), ['4', '-EINVAL']);
  assert.deepEqual(secret.get('pread: 4 bytes'), ['4', '-ESPIPE']);
  assert.deepEqual(secret.get('mmap: private'), ['ok', '-EINVAL']);
  assert.deepEqual(secret.get('process_vm_readv: 4 bytes'), ['4', '-EFAULT']);
  assert.deepEqual(secret.get('write from it to another file: 4 bytes'), ['4', '4']);
  assert.deepEqual(secret.get('open /proc/self/fd/N'), ['ok', '-ENXIO']);
  assert.deepEqual(secret.get('ftruncate: the same size'), ['0', '-EINVAL']);
  assert.deepEqual(secret.get('through its direct map'), ['83', 'oops']);
});

test('vm.memfd_noexec as recorded in sysctl-noexec-0, -1 and -2', () => {
  const noexec = rows(noexecTable(linux('6.18.44')));
  const executable = 'mode 0777, seals 0x01';
  const sealed = 'mode 0666, seals 0x20';
  assert.deepEqual(noexec.get('neither flag'), [executable, sealed, sealed]);
  assert.deepEqual(noexec.get('MFD_NOEXEC_SEAL'), [sealed, sealed, sealed]);
  assert.deepEqual(noexec.get('MFD_EXEC'), [executable, executable, '-EACCES']);
});
