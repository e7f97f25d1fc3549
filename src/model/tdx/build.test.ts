/** The build of a TD as its measurement sees it: refusals measure nothing, nothing takes a measurement back. */
import assert from 'node:assert/strict';
import { test } from 'node:test';
import { show } from '../show.ts';
import { add_tables, initialized_td } from './bring-up.ts';
import { TdBuild } from './build.ts';
import { filled, zeros } from './content.ts';
import { TdxModule } from './module.ts';
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

/** Numbers without chance: the same ones in every run. */
function* numbers(seed: number): Generator<number, never> {
  for (let x = seed; ; ) {
    x = (Math.imul(x, 1664525) + 1013904223) >>> 0;
    yield x >>> 8;
  }
}

const SOURCE = 0x1000_0000;
const FREE = 0x4100_0000;

/** A build of the small model and one of the whole module, given the same calls. */
function twins() {
  const small = new TdBuild();
  const tdx = new TdxModule();
  const td = initialized_td(tdx);
  add_tables(tdx, td);
  small.tdh_mem_sept_add(0);
  for (let byte = 0; byte < 4; byte++)
    tdx.machine.frame(SOURCE + byte * 4096).write(0, new Uint8Array(4096).fill(byte));
  let free = FREE;
  const page = (): number => {
    free += 4096;
    return free;
  };
  const calls: readonly (readonly [string, (gpa: number, n: number) => readonly [TdxStatus, TdxStatus]])[] = [
    [
      'add',
      (gpa, n) => [
        small.tdh_mem_page_add(gpa, filled(n % 4)),
        tdx.tdh_mem_page_add(td, gpa, page(), SOURCE + (n % 4) * 4096),
      ],
    ],
    ['extend', (gpa, n) => [small.tdh_mr_extend(gpa + (n % 32) * 128), tdx.tdh_mr_extend(td, gpa + (n % 32) * 128)]],
    ['remove', (gpa) => [small.tdh_mem_page_remove(gpa), tdx.tdh_mem_page_remove(td, gpa, 0)]],
    ['aug', (gpa) => [small.tdh_mem_page_aug(gpa), tdx.tdh_mem_page_aug(td, gpa, 0, page())]],
    ['block', (gpa) => [small.tdh_mem_range_block(gpa), tdx.tdh_mem_range_block(td, gpa, 0)]],
    ['unblock', (gpa) => [small.tdh_mem_range_unblock(gpa), tdx.tdh_mem_range_unblock(td, gpa, 0)]],
    ['relocate', (gpa) => [small.tdh_mem_page_relocate(gpa), tdx.tdh_mem_page_relocate(td, gpa, page())]],
  ];
  const digests = () => [small.digest.hex, tdx.td(td)?.measurement?.digest.hex];
  return { calls, digests };
}

test('the small model answers as the whole module does, call by call, before TDH.MR.FINALIZE', () => {
  let refused = 0;
  for (let seed = 1; seed <= 12; seed++) {
    const { calls, digests } = twins();
    const next = numbers(seed);
    for (let step = 0; step < 120; step++) {
      const [name, call] = calls[next.next().value % calls.length] as (typeof calls)[number];
      const gpa = (next.next().value % 6) * 4096 + (next.next().value % 23 === 0 ? 128 : 0);
      const [one, other] = call(gpa, next.next().value);
      assert.equal(one.text, other.text, `seed ${seed}, step ${step}: ${name} at ${gpa}`);
      if (one.error) refused++;
    }
    const [small, whole] = digests();
    assert.equal(small, whole, `seed ${seed}`);
  }
  assert.ok(refused > 100, `${refused} refusals`);
});
