/** The module as a whole: what the vectors do not reach, and that a refused call changes nothing. */
import assert from 'node:assert/strict';
import { test } from 'node:test';
import { PAGE } from '../units.ts';
import { add_tables, initialized_td, runnable_td } from './bring-up.ts';
import { TdExit } from './exit.ts';
import { map_gpa } from './map-gpa.ts';
import { TdxModule } from './module.ts';
import type { TdxStatus } from './status.ts';

const MAPPED = 0x4020_0000;

function text(value: unknown): string {
  return (value as TdxStatus).text;
}

test('a key is programmed, and caches are written back, on each package', () => {
  const tdx = new TdxModule({ packages: 2 });
  const td = 0x4000_0000;
  tdx.tdh_mng_create(td, 40);
  assert.equal(text(tdx.tdh_mng_key_config(td, 0)), 'TDX_SUCCESS');
  assert.equal(text(tdx.tdh_mng_key_config(td, 0)), 'TDX_KEY_CONFIGURED');
  assert.equal(text(tdx.tdh_mng_addcx(td, td + PAGE)), 'TDX_TD_KEYS_NOT_CONFIGURED');
  assert.equal(text(tdx.tdh_mng_key_config(td, 1)), 'TDX_SUCCESS');
  assert.equal(text(tdx.tdh_mng_addcx(td, td + PAGE)), 'TDX_SUCCESS');
  assert.equal(text(tdx.tdh_mng_init(td)), 'TDX_TDCS_NOT_ALLOCATED');
  assert.equal(text(tdx.tdh_mng_vpflushdone(td)), 'TDX_SUCCESS');
  assert.equal(text(tdx.tdh_phymem_cache_wb(0)), 'TDX_SUCCESS');
  assert.equal(text(tdx.tdh_mng_key_freeid(td)), 'TDX_WBCACHE_NOT_COMPLETE');
  assert.equal(text(tdx.tdh_phymem_cache_wb(1)), 'TDX_SUCCESS');
  assert.equal(text(tdx.tdh_mng_key_freeid(td)), 'TDX_SUCCESS');
});

test('key numbers: private ones, not the first, one TD each', () => {
  const tdx = new TdxModule();
  assert.equal(text(tdx.tdh_mng_create(0x4000_0000, 31)), 'TDX_OPERAND_INVALID|RDX');
  assert.equal(text(tdx.tdh_mng_create(0x4000_0000, 32)), 'TDX_HKID_NOT_FREE');
  assert.equal(text(tdx.tdh_mng_create(0x4000_0800, 40)), 'TDX_OPERAND_INVALID|RCX');
  assert.equal(text(tdx.tdh_mng_create(0x4000_0000, 40)), 'TDX_SUCCESS');
  assert.equal(text(tdx.tdh_mem_track(0x4000_1000)), 'TDX_PAGE_METADATA_INCORRECT|RCX');
});

test('52 bits: five levels, and bit 47 is an ordinary bit', () => {
  const tdx = new TdxModule();
  const td = runnable_td(tdx, { gpaw: 1, ept_levels: 5 });
  const gpa = 2 ** 47;
  add_tables(tdx, td, gpa, 0, 0x4030_0000);
  assert.equal(text(tdx.tdh_mem_page_aug(td, gpa, 0, MAPPED)), 'TDX_SUCCESS');
  assert.equal(text(tdx.tdg_mem_page_accept(td, gpa, 0)), 'TDX_SUCCESS');
  assert.equal(tdx.guest_write(td, gpa, Uint8Array.of(7)), 0);
  assert.deepEqual(tdx.guest_read(td, gpa, 1), Uint8Array.of(7));
  assert.equal(text(tdx.tdh_mem_page_aug(td, 2 ** 51, 0, 0x4020_1000)), 'TDX_OPERAND_INVALID|RCX');
});

test('two TDs: a page of one is not the other’s, and each ends alone', () => {
  const tdx = new TdxModule();
  const one = runnable_td(tdx);
  const two = initialized_td(tdx, { tdr: 0x5000_0000, hkid: 41 });
  add_tables(tdx, two, 0, 0, 0x5001_0000);
  assert.equal(text(tdx.tdh_mem_page_aug(one, 0, 0, MAPPED)), 'TDX_SUCCESS');
  assert.equal(text(tdx.tdh_mem_page_aug(two, 0, 0, MAPPED)), 'TDX_PAGE_METADATA_INCORRECT|R8');
  tdx.machine_check(one);
  assert.equal(text(tdx.tdh_mem_page_aug(one, 0x1000, 0, 0x4020_1000)), 'TDX_TD_FATAL');
  assert.equal(text(tdx.tdh_mem_page_aug(two, 0, 0, 0x4020_1000)), 'TDX_SUCCESS');
  assert.ok(tdx.guest_read(one, 0, 1) instanceof TdExit);
});

test('an interrupted accept of 2 MiB goes on where it was, and a removal forgets how far it came', () => {
  const tdx = new TdxModule();
  const td = runnable_td(tdx, { tables: 1 });
  tdx.tdh_mem_page_aug(td, 0, 1, MAPPED);
  tdx.host_write(MAPPED + 300 * PAGE, Uint8Array.of(9));
  tdx.tdg_mem_page_accept(td, 0, 1, { interrupt_after: 200 });
  assert.equal(tdx.entry(td, 0, 1), 'PENDING');
  assert.equal(text(tdx.tdg_mem_page_accept(td, 0, 1)), 'TDX_SUCCESS');
  assert.deepEqual(tdx.guest_read(td, 300 * PAGE, 1), Uint8Array.of(0));
});

test('a refused call changes nothing: not the tree, the metadata, the counters or the measurement', () => {
  const tdx = new TdxModule();
  const td = initialized_td(tdx);
  add_tables(tdx, td);
  tdx.tdh_mem_page_add(td, 0, MAPPED, 0x1_0000);
  const state = () => {
    const found = tdx.td(td);
    const pages = [MAPPED, 0x4060_0000, 0x4001_2000].map((page) => tdx.machine.pamt.typeOf(page));
    const entries = [0, 1, 2, 3].map((level) => tdx.entry(td, 0, level));
    return [found?.chldcnt, found?.op_state, found?.epochs.epoch, ...pages, ...entries, tdx.mrtd(td)?.hex];
  };
  const before = state();
  const refused: TdxStatus[] = [
    tdx.tdh_mem_page_add(td, 0, 0x4060_0000, 0x1_0000),
    tdx.tdh_mem_page_add(td, 0x1000, MAPPED, 0x1_0000),
    tdx.tdh_mem_page_add(td, 0x1000, 0x4060_0000, 0x1_0001),
    tdx.tdh_mem_page_aug(td, 0x20_0000, 0, 0x4060_0000),
    tdx.tdh_mem_sept_remove(td, 0, 1),
    tdx.tdh_mem_page_promote(td, 0, 1),
    tdx.tdh_mem_page_relocate(td, 0, MAPPED),
    tdx.tdh_mr_extend(td, 0x10),
    tdx.tdh_phymem_page_reclaim(MAPPED),
    tdx.tdh_phymem_page_wbinvd(MAPPED),
    tdx.tdh_mng_init(td),
    tdx.tdh_mng_key_freeid(td),
  ];
  for (const status of refused) {
    assert.ok(status.error, status.text);
    assert.notEqual(status.why, '', status.text);
  }
  assert.deepEqual(state(), before);
  assert.equal(tdx.count(), tdx.calls.length);
});

test('MapGPA: pieces of 2 MiB, and the order of its refusals', () => {
  const asked = map_gpa(2 ** 47 + PAGE, 3 * 1024 * 1024);
  assert.deepEqual(
    asked.exits.map(({ fields }) => [fields['gpa'], fields['npages'], fields['attributes']]),
    [
      ['0x1000', '512', 'decrypted'],
      ['0x201000', '256', 'decrypted'],
    ],
  );
  assert.equal(map_gpa(0, 100, { exits: false }).status, 'TDVMCALL_STATUS_SUBFUNC_UNSUPPORTED');
  assert.equal(map_gpa(0, 0).status, 'TDVMCALL_STATUS_INVALID_OPERAND');
  assert.equal(map_gpa(2 ** 48 - PAGE, 2 * PAGE).status, 'TDVMCALL_STATUS_INVALID_OPERAND');
  assert.equal(map_gpa(2 ** 47 - 1, 2).status, 'TDVMCALL_STATUS_INVALID_OPERAND');
  assert.equal(map_gpa(1, PAGE).status, 'TDVMCALL_STATUS_ALIGN_ERROR');
  const stopped = map_gpa(0, 3 * 1024 * 1024, { event_after: 1 });
  assert.deepEqual([stopped.status, stopped.next], ['TDVMCALL_STATUS_RETRY', 2 * 1024 * 1024]);
});

test('a translation outlives the block until its virtual CPU enters in a new epoch', () => {
  const tdx = new TdxModule();
  const td = runnable_td(tdx);
  tdx.tdh_mem_page_aug(td, 0, 0, MAPPED);
  tdx.tdg_mem_page_accept(td, 0, 0);
  tdx.tdh_vp_enter(td, 0);
  const read = () => tdx.guest_read(td, 0, 1, 0);
  assert.deepEqual(read(), Uint8Array.of(0));
  tdx.tdh_mem_range_block(td, 0, 0);
  assert.deepEqual(read(), Uint8Array.of(0));
  assert.ok(tdx.guest_read(td, 0, 1) instanceof TdExit, 'the tree itself is blocked');
  tdx.td_exit(td, 0);
  assert.throws(read, RangeError);
  tdx.tdh_vp_enter(td, 0);
  assert.deepEqual(read(), Uint8Array.of(0), 'the same epoch flushes nothing');
  tdx.tdh_mem_track(td);
  assert.equal(text(tdx.tdh_mem_page_remove(td, 0, 0)), 'TDX_TLB_TRACKING_NOT_DONE|RCX');
  tdx.td_exit(td, 0);
  tdx.tdh_vp_enter(td, 0);
  assert.ok(read() instanceof TdExit);
  assert.equal(text(tdx.tdh_mem_page_remove(td, 0, 0)), 'TDX_SUCCESS');
});
