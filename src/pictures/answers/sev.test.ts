import assert from 'node:assert/strict';
import { test } from 'node:test';
import { coherenceTable, mirrorTable } from './sev.ts';

const row = (table: ReturnType<typeof mirrorTable>, label: string): string[] =>
  table.groups
    .flatMap(({ rows }) => rows)
    .find((one) => one.label === label)
    ?.cells.map(({ text }) => text) ?? [];

test('what a mirror may do: nothing as posted and merged, four commands since September 2021', () => {
  const table = mirrorTable();
  const commands = table.groups[0]?.rows ?? [];
  assert.equal(commands.length, 17);
  const allowed = commands.filter(({ cells }) => cells[3]?.text === '0').map(({ label }) => label);
  assert.deepEqual(allowed, ['LAUNCH_UPDATE_VMSA', 'GUEST_STATUS', 'DBG_DECRYPT', 'DBG_ENCRYPT']);
  assert.ok(commands.every(({ cells }) => cells[0]?.text === '-ENOTTY' && cells[1]?.text === '-EINVAL'));
  assert.deepEqual(row(table, 'a second mirror of the source'), ['0', '0', '0', '0']);
  assert.deepEqual(row(table, 'a mirror of the mirror'), ['-ENOTTY', '-EINVAL', '-EINVAL', '-EINVAL']);
  assert.deepEqual(row(table, 'a VM that has a vCPU'), ['0', '0', '0', '-EINVAL']);
  assert.deepEqual(row(table, 'KVM_MEMORY_ENCRYPT_REG_REGION'), ['-ENOTTY', '-EINVAL', '-EINVAL', '-EINVAL']);
});

test('who sees what: only with both views flushed does a host without coherence see ciphertext', () => {
  const table = coherenceTable();
  assert.deepEqual(row(table, 'nothing'), ['old byte', 'own byte', 'ciphertext', 'own byte']);
  assert.equal(row(table, 'CLFLUSH through the mapping of the host')[0], 'old byte');
  assert.equal(row(table, 'VM_PAGE_FLUSH with the ASID')[0], 'old byte');
  assert.equal(row(table, 'VM_PAGE_FLUSH, then CLFLUSH')[0], 'ciphertext');
  assert.deepEqual(row(table, 'a store of the host, then WBINVD'), ['ciphertext', 'noise', 'ciphertext', 'noise']);
});
