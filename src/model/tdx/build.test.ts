/** The build of a TD as its measurement sees it: refusals measure nothing, nothing takes a measurement back. */
import assert from 'node:assert/strict';
import { test } from 'node:test';
import { show } from '../show.ts';
import { TdBuild } from './build.ts';
import { filled, zeros } from './content.ts';
import { KVM_TDX_MEASURE_MEMORY_REGION, kvm_tdx_init_mem_region } from './regions.ts';
import { TDX_STATUS, TdxStatus } from './status.ts';

test('statuses print as the module names them, with the error bit where it is one', () => {
  const status = new TdxStatus('TDX_OPERAND_INVALID', 'RCX', 'why');
  assert.deepEqual([show(status), status.code, status.error], ['TDX_OPERAND_INVALID|RCX', 0xc000010000000001n, true]);
  assert.equal(new TdxStatus('TDX_GPA_RANGE_ALREADY_BLOCKED', 'RCX').error, false);
  assert.equal(new Set(Object.values(TDX_STATUS)).size, Object.keys(TDX_STATUS).length);
});

test('a refused call measures nothing and says why', () => {
  const td = new TdBuild();
  const before = td.digest.hex;
  for (const [status, expected] of [
    [td.tdh_mem_page_add(0x800), 'TDX_OPERAND_INVALID|RCX'],
    [td.tdh_mem_page_add(2n ** 47n), 'TDX_OPERAND_INVALID|RCX'],
    [td.tdh_mr_extend(0x80), 'TDX_OPERAND_INVALID|RCX'],
    [td.tdh_mr_extend(0), 'TDX_EPT_ENTRY_NOT_PRESENT|RCX'],
    [td.tdh_mem_page_remove(0), 'TDX_EPT_WALK_FAILED|RCX'],
    [td.tdh_mem_range_block(0), 'TDX_EPT_WALK_FAILED|RCX'],
    [td.tdh_mem_sept_add(0x1000), 'TDX_OPERAND_INVALID|RCX'],
  ] as const) {
    assert.equal(show(status), expected);
    assert.ok(status.why.length > 10);
  }
  assert.equal(td.digest.hex, before);
  assert.equal(new TdBuild({ gpaw: 1 }).tdh_mem_page_add(2n ** 47n).error, false);
});

test('a page that is pending or blocked cannot be measured', () => {
  const td = new TdBuild();
  td.tdh_mem_page_aug(0);
  assert.equal(show(td.tdh_mr_extend(0)), 'TDX_EPT_ENTRY_NOT_PRESENT|RCX');
  td.tdh_mem_page_add(0x1000);
  td.tdh_mem_range_block(0x1000);
  assert.equal(show(td.tdh_mem_range_block(0x1000)), 'TDX_GPA_RANGE_ALREADY_BLOCKED|RCX');
  assert.equal(show(td.tdh_mr_extend(0x1000)), 'TDX_EPT_ENTRY_NOT_PRESENT|RCX');
  td.tdh_mem_range_unblock(0x1000);
  assert.equal(show(td.tdh_mr_extend(0x1000)), 'TDX_SUCCESS');
  assert.equal(show(td.tdh_mem_range_unblock(0x1000)), 'TDX_EPT_ENTRY_STATE_INCORRECT|RCX');
});

test('moving a page to other memory leaves the measurement and the content alone', () => {
  const [one, other] = [new TdBuild(), new TdBuild()];
  for (const td of [one, other]) td.tdh_mem_page_add(0, filled(7));
  other.tdh_mem_page_relocate(0);
  for (const td of [one, other]) td.extendPage(0);
  assert.equal(one.digest.hex, other.digest.hex);
});

test('KVM refuses regions as 6.16.1 does, before it adds a page', () => {
  const td = new TdBuild();
  const region = { gpa: 0x1000, nr_pages: 1, flags: KVM_TDX_MEASURE_MEMORY_REGION, source: zeros };
  for (const [change, expected] of [
    [{ gpa: 0x800 }, '-EINVAL'],
    [{ nr_pages: 0 }, '-EINVAL'],
    [{ flags: 2 }, '-EINVAL'],
    [{ gpa: 2 ** 47 - 4096, nr_pages: 2 }, '-EINVAL'],
    [{}, '0'],
    [{}, '-EEXIST'],
  ] as const) {
    assert.equal(show(kvm_tdx_init_mem_region(td, { ...region, ...change })), expected);
  }
  td.tdh_mr_finalize();
  assert.equal(show(kvm_tdx_init_mem_region(td, { ...region, gpa: 0x5000 })), '-EINVAL');
});
