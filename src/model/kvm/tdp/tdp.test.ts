/** The TDP MMU with direct, mirror and external tables: roots, frozen entries, refusals, and what each event takes away. */
import assert from 'node:assert/strict';
import { test } from 'node:test';
import { Host } from '../../linux/host.ts';
import { linux } from '../../linux/versions.ts';
import type { Frame } from '../../machine/memory.ts';
import { PAGE } from '../../units.ts';
import { TdpMmu } from './mmu.ts';
import { OwnedTable } from './owned-table.ts';
import { FROZEN_SPTE } from './page.ts';
import {
  KVM_FILTER_PRIVATE,
  KVM_FILTER_SHARED,
  kvm_mmu_uninit_tdp_mmu,
  kvm_mmu_zap_all_fast,
  kvm_tdp_mmu_unmap_gfn_range,
  kvm_zap_gfn_range,
  leafCount,
} from './zap.ts';

/** Shared bit 47 of the address, as a guest frame number. */
const BIT = 2 ** 35;
const SHARED = BIT * PAGE;

function made() {
  const host = new Host(linux('6.18.44'));
  const table = new OwnedTable();
  const mmu = new TdpMmu(host, { gfn_direct_bits: BIT, external: table });
  const frame = () => host.memory.allocate() as Frame;
  return { host, table, mmu, frame };
}

test('the direct bit of the address chooses the root, and comes off the guest frame number', () => {
  const { mmu, table, frame } = made();
  assert.equal(mmu.kvm_tdp_mmu_map(5 * PAGE, frame()), 'RET_PF_FIXED');
  assert.deepEqual(table.calls, ['link', 'link', 'link', 'set']);
  const shared = frame();
  assert.equal(mmu.kvm_tdp_mmu_map(SHARED + 5 * PAGE, shared), 'RET_PF_FIXED');
  assert.equal(table.calls.length, 4, 'a shared fault calls no hook');
  assert.equal(mmu.spte(mmu.direct, 5).frame, shared);
  assert.equal(leafCount(mmu, mmu.direct), 1);
  assert.equal(mmu.kvm_tdp_mmu_map(SHARED + 5 * PAGE, shared), 'RET_PF_SPURIOUS');
});

test('without direct bits every address is direct', () => {
  const host = new Host(linux('6.18.44'));
  const mmu = new TdpMmu(host);
  assert.equal(mmu.kvm_tdp_mmu_map(SHARED, host.memory.allocate() as Frame), 'RET_PF_FIXED');
  assert.equal(mmu.mirror, undefined);
  assert.equal(mmu.spte(mmu.direct, BIT).kind, 'leaf');
});

test('an entry is frozen while its owner works on it, and gets its old value back after a refusal', () => {
  const { mmu, table, frame } = made();
  const seen: string[] = [];
  mmu.kvm_tdp_mmu_map(6 * PAGE, frame());
  table.during = (call) => {
    if (call === 'set') {
      assert.equal(mmu.spte(mmu.mirror ?? assert.fail(), 7), FROZEN_SPTE);
      seen.push(mmu.kvm_tdp_mmu_map(7 * PAGE, page));
    }
  };
  const page = frame();
  table.busy = 1;
  assert.equal(mmu.kvm_tdp_mmu_map(7 * PAGE, page), 'RET_PF_RETRY');
  assert.equal(mmu.spte(mmu.mirror ?? assert.fail(), 7).kind, 'none');
  assert.equal(mmu.kvm_tdp_mmu_map(7 * PAGE, page), 'RET_PF_FIXED');
  assert.deepEqual(seen, ['RET_PF_RETRY', 'RET_PF_RETRY']);
  assert.equal(mmu.bugged, undefined);
});

test('a refused link gives its page back', () => {
  const { host, mmu, table, frame } = made();
  const page = frame();
  const used = host.memory.used;
  table.busy = 1;
  assert.equal(mmu.kvm_tdp_mmu_map(0, page), 'RET_PF_RETRY');
  assert.equal(host.memory.used, used);
});

test('filters reach one root, kvm_zap_gfn_range both, zap-all-fast the direct one', () => {
  const { mmu, table, frame } = made();
  const mirror = mmu.mirror ?? assert.fail();
  const fill = () => {
    for (let gfn = 0; gfn < 3; gfn++) {
      mmu.kvm_tdp_mmu_map(gfn * PAGE, frame());
      mmu.kvm_tdp_mmu_map(SHARED + gfn * PAGE, frame());
    }
  };
  const counts = () => [leafCount(mmu, mmu.direct), leafCount(mmu, mirror), table.leafCount];
  fill();
  assert.equal(kvm_tdp_mmu_unmap_gfn_range(mmu, 0, 2, KVM_FILTER_SHARED), 2);
  assert.deepEqual(counts(), [1, 3, 3]);
  assert.equal(kvm_tdp_mmu_unmap_gfn_range(mmu, 0, 2, KVM_FILTER_PRIVATE), 2);
  assert.deepEqual(counts(), [1, 1, 1]);
  assert.equal(kvm_zap_gfn_range(mmu, 0, 3), 2);
  assert.deepEqual(counts(), [0, 0, 0]);
  fill();
  assert.equal(kvm_mmu_zap_all_fast(mmu), 3);
  assert.deepEqual(counts(), [0, 3, 3]);
  assert.equal(mmu.bugged, undefined);
});

test('the last moment frees pages from the bottom up, and everything returns to the machine', () => {
  const { host, mmu, table, frame } = made();
  const page = frame();
  const used = host.memory.used;
  mmu.kvm_tdp_mmu_map(0, page);
  assert.equal(host.memory.used, used + 3);
  kvm_mmu_uninit_tdp_mmu(mmu);
  assert.deepEqual(table.calls.slice(4), ['remove', 'free', 'free', 'free']);
  assert.equal(host.memory.used, used);
});

test('what an owner does not remove ends the VM; a page that it does not free is lost', () => {
  const { host, mmu, table, frame } = made();
  mmu.kvm_tdp_mmu_map(0, frame());
  const used = host.memory.used;
  table.busy = 2;
  kvm_mmu_uninit_tdp_mmu(mmu);
  assert.match(mmu.bugged ?? '', /did not remove/);
  assert.equal(host.memory.used, used, 'the pages above a leaf that stayed are not empty: all three are lost');
});

test('a table page that is not empty is not freed by its owner', () => {
  const { mmu, table, frame } = made();
  mmu.kvm_tdp_mmu_map(0, frame());
  const middle = mmu.spte(mmu.mirror ?? assert.fail(), 0, 2).page ?? assert.fail();
  assert.equal(String(table.free_external_spt(0, 1, middle.external_spt ?? assert.fail())), '-EIO');
});
