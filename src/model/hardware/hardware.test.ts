/** One guest on each kind of machine: the list of the comparison, and what sets the machines apart. */
import assert from 'node:assert/strict';
import { readFileSync } from 'node:fs';
import { test } from 'node:test';
import { show } from '../show.ts';
import { type HardwareStage, hardware, machines } from './index.ts';

test('every machine of the list has a stage, and no other', () => {
  const list = JSON.parse(readFileSync('content/records/hardware.json', 'utf8')) as { id: string }[];
  assert.deepEqual(
    machines,
    list.map(({ id }) => id),
  );
  assert.throws(() => hardware('nobody'), RangeError);
});

const onEach = (act: (machine: HardwareStage) => readonly unknown[]): Record<string, string> =>
  Object.fromEntries(machines.map((id) => [id, act(hardware(id)).map(show).join(' | ')]));

test('a store of the host: taken, noise, refused, and a machine check at the next read', () => {
  const answers = onEach((machine) => {
    machine.guest_write(0, 'secret');
    return [machine.host_read(), machine.host_write('forged'), machine.guest_read(0), machine.guest_read(1)];
  });
  assert.deepEqual(answers, {
    none: "'secret' | 0 | 'forged' | zeros",
    sev: 'ciphertext | 0 | other bytes | other bytes',
    snp: "ciphertext | #PF { RMP } | 'secret' | other bytes",
    tdx: 'zeros | 0 | #MC in td: the TD is fatal | TDX_TD_FATAL',
  });
});

test('old bytes and remapped addresses: what encryption alone does not stop', () => {
  const answers = onEach((machine) => {
    machine.guest_write(0, 'first');
    machine.guest_write(1, 'second');
    return [machine.host_remap(), machine.guest_read(0)];
  });
  assert.equal(answers['none'], "0 | 'second'");
  assert.equal(answers['sev'], "0 | 'second'");
  assert.equal(answers['snp'], '0 | #NPF { RMP, ENC }');
  assert.match(answers['tdx'] ?? '', /^TDX_EPT_ENTRY_STATE_INCORRECT.*'first'$/);
});
