/** The five carriers and four questions of May 2024, and what a walk costs without a mirror. */
import assert from 'node:assert/strict';
import { test } from 'node:test';
import { TdpMmu } from '../kvm/tdp/mmu.ts';
import { OwnedTable } from '../kvm/tdp/owned-table.ts';
import { Host } from '../linux/host.ts';
import { linux } from '../linux/versions.ts';
import type { Frame } from '../machine/memory.ts';
import { PAGE } from '../units.ts';
import * as debate from './tdx-mmu.ts';

const BIT = 2 ** 35;
const host = () => new Host(linux('6.16.1'));
const mirrored = () => new TdpMmu(host(), { gfn_direct_bits: BIT, external: new OwnedTable() });

test('every carrier is right at a fault', () => {
  const mmu = mirrored();
  for (const carrier of debate.CARRIERS) {
    assert.equal(debate.atFault(carrier, mmu, 0), 'hook', carrier.name);
    assert.equal(debate.atFault(carrier, mmu, BIT * PAGE), 'store', carrier.name);
  }
});

test('at a zap two carriers need something made up', () => {
  const mmu = mirrored();
  const alone = debate.CARRIERS.filter((carrier) => debate.survivesZap(carrier, mmu, false));
  assert.deepEqual(alone, [debate.IN_THE_ITERATOR, debate.PASS_A_FLAG, debate.IN_THE_PAGE_ROLE]);
  assert.ok(debate.CARRIERS.every((carrier) => debate.survivesZap(carrier, mmu, true)));
  assert.equal(debate.atZap(debate.FROM_THE_GFN, mmu, mmu.direct, 0, false), 'hook');
  assert.equal(debate.atZap(debate.PASS_THE_FAULT, mmu, mmu.direct, 0, false), 'cannot tell');
});

test('functions that get a parameter', () => {
  const counts = debate.CARRIERS.map((carrier) => [carrier.name, debate.touched(carrier).length]);
  assert.deepEqual(counts, [
    ['pass the fault', 9],
    ['in struct tdp_iter', 3],
    ['pass a flag', 7],
    ['in kvm_mmu_page.role', 0],
    ['from the gfn', 0],
  ]);
});

test('four questions, four VMs', () => {
  assert.deepEqual(debate.yes(debate.SHARED_MASK), ['TDX guest']);
  assert.deepEqual(debate.yes(debate.VM_TYPE), ['TDX guest']);
  assert.deepEqual(debate.yes(debate.HAS_MIRRORED_PT), ['TDX guest']);
  assert.deepEqual(debate.yes(debate.FAULT_AND_HOOK), ['software-protected VM, TDX machine', 'TDX guest']);
});

test('without a mirror every walk reads by calls', () => {
  const { memory } = host();
  const table = new OwnedTable();
  const mmu = new debate.UnmirroredMmu(table, memory);
  for (let gfn = 0; gfn < 8; gfn++) mmu.map(gfn * PAGE, memory.allocate() as Frame);
  assert.equal(table.calls.filter((call) => call === 'read').length, 32);
  assert.equal(table.leafCount, 8);
  mmu.zap(0, 4);
  assert.equal(table.leafCount, 4);
});
