/** The firmware's commands: the order of their checks, what a refusal changes, and the digest that a launch ends with. */
import assert from 'node:assert/strict';
import { test } from 'node:test';
import { Data } from '../machine/data.ts';
import { PAGE } from '../units.ts';
import { cpuidPage } from './cpuid-page.ts';
import { LaunchDigest } from './launch-digest.ts';
import { SNP_POLICY_MASK_RSVD_MBO, SNP_POLICY_MASK_SMT } from './snp-context.ts';
import { SnpFirmware, type SnpFirmwareOptions } from './snp-firmware.ts';
import { SnpMachine } from './snp-machine.ts';

const POLICY = SNP_POLICY_MASK_RSVD_MBO | SNP_POLICY_MASK_SMT;

function launch(options: SnpFirmwareOptions = {}) {
  const machine = new SnpMachine();
  const firmware = new SnpFirmware(machine, options);
  const context = (): number => {
    const spa = machine.alloc('context');
    machine.rmpupdate(spa, { assigned: 1, immutable: 1 });
    assert.equal(firmware.snp_gctx_create(spa).name, 'SUCCESS');
    return spa;
  };
  const page = (gpa: number, asid = 1, pagesize: 0 | 1 = 0): number => {
    const address = machine.alloc('page', pagesize === 1 ? 512 * PAGE : PAGE);
    machine.rmpupdate(address, { gpa, assigned: 1, immutable: 1, asid, pagesize });
    return address;
  };
  return { machine, firmware, context, page };
}

test('a context is made of a Firmware page only', () => {
  const { machine, firmware } = launch();
  const spa = machine.alloc('page');
  assert.equal(firmware.snp_gctx_create(spa).name, 'INVALID_PAGE_STATE');
  assert.equal(firmware.snp_launch_start(spa, { policy: POLICY }).name, 'INVALID_GUEST');
});

test('start and activate: state before policy, ASIDs that are out of range, taken, used or not flushed', () => {
  const { machine, firmware, context, page } = launch({ max_asid: 2 });
  const one = context();
  assert.equal(firmware.snp_activate(one, 1).name, 'INVALID_GUEST_STATE');
  assert.equal(firmware.snp_launch_start(one, { policy: SNP_POLICY_MASK_SMT }).name, 'POLICY_FAILURE');
  assert.equal(firmware.snp_launch_start(one, { policy: SNP_POLICY_MASK_RSVD_MBO }).name, 'POLICY_FAILURE');
  assert.equal(firmware.snp_launch_start(one, { policy: POLICY }).name, 'SUCCESS');
  assert.equal(firmware.snp_launch_start(one, { policy: 0 }).name, 'INVALID_GUEST_STATE');
  assert.equal(firmware.snp_activate(one, 3).name, 'INVALID_ASID');
  const stray = page(0x1000, 1);
  assert.equal(firmware.snp_activate(one, 1).name, 'INVALID_CONFIG');
  firmware.snp_page_reclaim(stray);
  machine.rmpupdate(stray, {});
  assert.equal(firmware.snp_activate(one, 1).name, 'SUCCESS');
  assert.equal(firmware.snp_activate(one, 2).name, 'ACTIVE');
  const two = context();
  firmware.snp_launch_start(two, { policy: POLICY });
  assert.equal(firmware.snp_activate(two, 1).name, 'ASID_OWNED');
  assert.equal(firmware.snp_decommission(one).name, 'SUCCESS');
  assert.equal(firmware.snp_activate(two, 1).name, 'DFFLUSH_REQUIRED');
  firmware.snp_df_flush();
  assert.equal(firmware.snp_activate(two, 1).name, 'SUCCESS');
});

test('update: each check before the next, and a refusal changes nothing', () => {
  const { machine, firmware, context, page } = launch();
  const gctx = context();
  const update = (address: number, page_type: number, more: object = {}) =>
    firmware.snp_launch_update(gctx, { address, page_type, ...more }).name;
  const good = page(0x1000);
  assert.equal(firmware.snp_launch_update(good, { address: good, page_type: 1 }).name, 'INVALID_GUEST');
  assert.equal(update(machine.alloc('free'), 9), 'INVALID_PAGE_STATE');
  assert.equal(update(good, 9, { page_size: '2M' }), 'INVALID_PAGE_SIZE');
  assert.equal(update(page(0x20_0000, 1, 1), 2, { page_size: '2M' }), 'INVALID_PAGE_SIZE');
  assert.equal(update(good, 9), 'INVALID_PARAM');
  assert.equal(update(good, 1), 'INVALID_GUEST_STATE');
  firmware.snp_launch_start(gctx, { policy: POLICY });
  assert.equal(update(good, 1), 'INACTIVE');
  assert.equal(machine.page_state(good), 'Pre-Guest');
  assert.equal(firmware.digest(gctx)?.hex, '0'.repeat(96));
});

test('a launch ends with the digest of its list, and the guest finds the pages', () => {
  const { machine, firmware, context, page } = launch();
  const gctx = context();
  firmware.snp_launch_start(gctx, { policy: POLICY });
  firmware.snp_activate(gctx, 1);
  const guest = machine.guest('guest', { asid: 1 });
  const list = new LaunchDigest();
  for (const [index, page_type] of [1, 3, 4, 5, 6, 2].entries()) {
    const gpa = 0x1000 * (index + 1);
    const address = machine.alloc('page');
    const data = page_type === 6 ? cpuidPage([]) : new Uint8Array(PAGE).fill(index + 1);
    machine.host_write(address, data);
    machine.rmpupdate(address, { gpa, assigned: 1, immutable: 1, asid: 1 });
    assert.equal(firmware.snp_launch_update(gctx, { address, page_type }).name, 'SUCCESS');
    assert.equal(machine.page_state(address), 'Guest-Valid');
    assert.equal(machine.rmp_entry(address)?.vmsa, page_type === 2 ? 1 : 0);
    list.snp_launch_update({ gpa, page_type, data });
    machine.npt_map(guest, gpa, address);
    const first = guest.read(gpa, 1);
    assert.ok(first instanceof Data);
    const expected = { 1: 1, 3: 0, 4: 3, 5: 3, 6: 0, 2: 6 }[page_type];
    assert.equal(first.bytes[0], expected, `type ${page_type}`);
  }
  assert.equal(firmware.digest(gctx)?.hex, list.digest.hex);
  const large = page(0x20_0000, 1, 1);
  assert.equal(firmware.snp_launch_update(gctx, { address: large, page_type: 3, page_size: '2M' }).name, 'SUCCESS');
  list.snp_launch_update({ gpa: 0x20_0000, page_type: 3, page_size: '2M' });
  assert.equal(firmware.digest(gctx)?.hex, list.digest.hex);
  assert.equal(firmware.snp_launch_finish(gctx, { ld: new LaunchDigest().digest }).name, 'BAD_MEASUREMENT');
  assert.equal(firmware.snp_launch_finish(gctx, { ld: list.digest, policy: 0 }).name, 'POLICY_FAILURE');
  assert.equal(firmware.snp_launch_finish(gctx, { ld: list.digest, policy: POLICY }).name, 'SUCCESS');
  assert.equal(firmware.snp_launch_finish(gctx).name, 'INVALID_GUEST_STATE');
});

test('a refused CPUID table stands corrected in the page, which stays Pre-Guest', () => {
  const { machine, firmware, context } = launch({ processor: [{ eax_in: 7, ebx: 1 }] });
  const gctx = context();
  firmware.snp_launch_start(gctx, { policy: POLICY });
  firmware.snp_activate(gctx, 1);
  const address = machine.alloc('table');
  machine.host_write(address, cpuidPage([{ eax_in: 7, ebx: 3 }]));
  machine.rmpupdate(address, { gpa: 0x1000, assigned: 1, immutable: 1, asid: 1 });
  assert.equal(firmware.snp_launch_update(gctx, { address, page_type: 6 }).name, 'INVALID_PARAM');
  assert.equal(machine.page_state(address), 'Pre-Guest');
  assert.deepEqual([...machine.host_read(address, PAGE).bytes], [...cpuidPage([{ eax_in: 7, ebx: 1 }])]);
  assert.equal(firmware.snp_launch_update(gctx, { address, page_type: 6 }).name, 'SUCCESS');
});

test('a context for a migration image takes only pages of it', () => {
  const { firmware, context, page } = launch();
  const gctx = context();
  firmware.snp_launch_start(gctx, { policy: POLICY, imi_en: true });
  firmware.snp_activate(gctx, 1);
  const address = page(0x1000);
  assert.equal(firmware.snp_launch_update(gctx, { address, page_type: 3 }).name, 'INVALID_PARAM');
  assert.equal(firmware.snp_launch_update(gctx, { address, page_type: 3, imi_page: 1 }).name, 'SUCCESS');
  assert.equal(firmware.context(gctx)?.imd.hex, firmware.digest(gctx)?.hex);
  assert.equal(firmware.snp_launch_finish(gctx).name, 'INVALID_GUEST_STATE');
});

test('the ways back: reclaim, decommission, and a page that leaks', () => {
  const { machine, firmware, context } = launch();
  const gctx = context();
  assert.equal(firmware.snp_page_reclaim(gctx).name, 'INVALID_PAGE_STATE');
  assert.equal(machine.snp_leak_pages(gctx), 1);
  assert.equal(machine.ownerOf(gctx / PAGE), '!');
  const other = context();
  const meta = machine.alloc('metadata');
  machine.rmpupdate(meta, { assigned: 1, immutable: 1 });
  assert.equal(firmware.snp_page_md_init(meta, other).name, 'SUCCESS');
  assert.equal(machine.page_state(meta), 'Metadata');
  for (const [spa, command] of [
    [other, () => firmware.snp_decommission(other)],
    [meta, () => firmware.snp_page_reclaim(meta)],
  ] as const) {
    assert.equal(command().name, 'SUCCESS');
    assert.equal(firmware.snp_page_reclaim(spa).name, 'SUCCESS');
    assert.equal(machine.page_state(spa), 'Reclaim');
    assert.equal(machine.rmpupdate(spa, {}), 0);
  }
  assert.equal(firmware.snp_decommission(other).name, 'INVALID_GUEST');
  const fixed = machine.alloc('fixed');
  machine.rmpupdate(fixed, { assigned: 1, immutable: 1 });
  assert.equal(firmware.snp_page_set_state(fixed).name, 'SUCCESS');
  assert.equal(machine.page_state(fixed), 'HV-Fixed');
});

test('a page moves through the firmware: held, owned, and readable at its new place', () => {
  const { machine, firmware, context, page } = launch();
  const gctx = context();
  firmware.snp_launch_start(gctx, { policy: POLICY });
  firmware.snp_activate(gctx, 1);
  const guest = machine.guest('guest', { asid: 1 });
  const from = page(0x1000);
  firmware.snp_launch_update(gctx, { address: from, page_type: 3 });
  machine.npt_map(guest, 0x1000, from);
  guest.write(0x1000, 'secret');
  const to = page(0x1000);
  assert.equal(firmware.snp_page_move(gctx, from, to).name, 'INVALID_PAGE_STATE');
  machine.rmpupdate(from, { gpa: 0x1000, assigned: 1, immutable: 1, asid: 1 });
  assert.equal(firmware.snp_page_move(gctx, from, page(0x1000, 2)).name, 'INVALID_PAGE_OWNER');
  assert.equal(firmware.snp_page_move(gctx, from, to).name, 'SUCCESS');
  assert.deepEqual([machine.page_state(from), machine.page_state(to)], ['Guest-Invalid', 'Guest-Valid']);
  machine.npt_map(guest, 0x1000, to);
  assert.equal((guest.read(0x1000, 6) as Data).show(), "'secret'");
});
