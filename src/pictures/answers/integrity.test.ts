/** The computed table of reads: poison exactly where a key meets a line that is not its own, or a MAC that does not match. */
import assert from 'node:assert/strict';
import { test } from 'node:test';
import { integrityTable } from './integrity.ts';

test('twelve reads, five of which poison, none of which hands out what another key wrote', () => {
  const rows = integrityTable().groups.flatMap((group) => group.rows);
  assert.equal(rows.length, 12);
  const poisoned = rows.filter(({ cells }) => cells[1]?.text === 'poisoned');
  assert.deepEqual(
    poisoned.map(({ label }) => label.replace(' · ', ': ')),
    [
      'cryptographic: private key · a private key, changed since',
      'cryptographic: private key · a shared key',
      'cryptographic: shared key with integrity · a shared key, changed since',
      'cryptographic: shared key with integrity · a private key',
      'logical: private key · a shared key',
    ],
  );
  for (const { cells } of poisoned) assert.equal(cells[0]?.text, 'zeros');
  const kept = rows.filter(({ cells }) => cells[0]?.text === 'what was written');
  assert.equal(kept.length, 5);
});
