/** Who dies of a poisoned line, and who only sees zeros. */
import assert from 'node:assert/strict';
import { test } from 'node:test';
import { show } from '../show.ts';
import { TdxPlatform } from './consumers.ts';

function secret(options: ConstructorParameters<typeof TdxPlatform>[0] = {}) {
  const platform = new TdxPlatform(options);
  const td = platform.td('td');
  td.accept(0);
  td.write(0, 'secret');
  return { platform, td };
}

test('a host read gives zeros and harms nobody', () => {
  const { platform, td } = secret();
  assert.equal(platform.host_read(0), 'zeros');
  assert.equal(td.read(0), 'secret');
});

test('a host write is found at the next read of the TD, in both modes, and the TD ends', () => {
  for (const mode of ['Ci', 'Li'] as const) {
    const { platform, td } = secret({ mode });
    assert.equal(platform.host_write(0, 'x'), 0);
    assert.equal(show(td.read(0)), '#MC in td: the TD is fatal');
    assert.equal(show(td.tdh_vp_enter()), 'TDX_TD_FATAL');
    assert.equal(show(td.read(0)), 'TDX_TD_FATAL');
    assert.ok(platform.up);
  }
});

test('poison stays until the whole line is written', () => {
  const { platform, td } = secret();
  platform.host_write(0, 'x');
  td.read(0);
  assert.equal(show(platform.host_read(0)), '#MC in host');
  platform.movdir64b(0);
  assert.equal(platform.host_read(0), 'zeros');
});

test('a change of the ciphertext is noticed by the MAC only', () => {
  const ci = secret({ mode: 'Ci' });
  ci.platform.tamper(0);
  assert.equal(show(ci.td.read(0)), '#MC in td: the TD is fatal');
  const li = secret({ mode: 'Li' });
  li.platform.tamper(0);
  assert.equal(li.td.read(0), 'garbled');
});

test('part of a line poisons at once on early parts, and only there', () => {
  const early = secret({ partialWriteErratum: true });
  early.platform.host_write_part(0, 'x');
  assert.equal(show(early.platform.host_read(0)), '#MC in host');
  const later = secret();
  later.platform.host_write_part(0, 'x');
  assert.equal(later.platform.host_read(0), 'x');
  assert.equal(show(later.td.read(0)), '#MC in td: the TD is fatal');
});

test('the module cannot survive poison, and nothing answers afterwards', () => {
  const { platform, td } = secret();
  platform.host_write(0, 'x');
  assert.equal(show(platform.module_read(td, 0)), '#MC in module: unbreakable shutdown');
  assert.equal(platform.host_read(0), 'no answer: the platform is down');
  assert.equal(td.read(0), 'no answer: the platform is down');
});

test('another private key: the MAC notices, the owner bit does not', () => {
  for (const [mode, answer] of [
    ['Ci', '#MC in td: the TD is fatal'],
    ['Li', "'garbled'"],
  ] as const) {
    const { platform } = secret({ mode });
    assert.equal(show(platform.td('other').read(0)), answer);
  }
});
