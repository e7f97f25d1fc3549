/** A machine with an RMP: what host and guest meet, size mismatches, and what a refused act leaves alone. */
import assert from 'node:assert/strict';
import { test } from 'node:test';
import { show } from '../show.ts';
import { MiB, PAGE } from '../units.ts';
import { RMP_PG_SIZE_2M, RMP_PG_SIZE_4K, VMPL_ALL, VMPL_READ, VMPL_WRITE } from './rmp-entry.ts';
import { SnpMachine } from './snp-machine.ts';

const GPA = 0x10000;

/** A machine whose guest (ASID 5) has one page, assigned and mapped, not validated yet. */
function stage() {
  const machine = new SnpMachine();
  const page = machine.alloc('page');
  const guest = machine.guest('guest', { asid: 5 });
  machine.npt_map(guest, GPA, page);
  assert.equal(machine.rmpupdate(page, { assigned: 1, asid: 5, gpa: GPA }), 0);
  return { machine, page, guest };
}

test('a page is the guest’s only after both sides agreed, and then the host reads noise and cannot write', () => {
  const { machine, page, guest } = stage();
  assert.equal(machine.page_state(page), 'Guest-Invalid');
  assert.equal(show(guest.read(GPA, 1)), '#VC 0x404');
  assert.equal(show(guest.pvalidate(GPA, 1)), 'ok, CF 0');
  assert.equal(show(guest.pvalidate(GPA, 1)), 'ok, CF 1');
  assert.equal(guest.write(GPA + 5, 'secret'), 0);
  assert.equal(show(guest.read(GPA + 5, 6)), "'secret'");
  assert.notEqual(show(machine.host_read(page + 5, 6)), "'secret'");
  assert.equal(show(machine.host_write(page, 0)), '#PF { RMP }');
  assert.equal(show(guest.read(GPA + 5, 6)), "'secret'");
  assert.deepEqual(machine.trace.events.at(-1)?.owners, [{ object: 'page', first: 0, runs: [['P', 1]] }]);
});

test('an exception of a page that is not validated names the virtual address', () => {
  const { guest } = stage();
  guest.map(0x7000_0000, GPA);
  assert.equal((guest.read(0x7000_0123, 1) as { cr2?: number }).cr2, 0x7000_0123);
});

test('a page that was taken and given again is not valid, and a second page under one address is refused', () => {
  const { machine, page, guest } = stage();
  guest.pvalidate(GPA, 1);
  guest.write(GPA, 'old');
  assert.equal(machine.rmpupdate(page, {}), 0);
  assert.equal(show(guest.read(GPA, 3)), '#NPF { RMP, ENC }');
  assert.equal(machine.rmpupdate(page, { assigned: 1, asid: 5, gpa: GPA }), 0);
  assert.equal(show(guest.read(GPA, 3)), '#VC 0x404');
  const other = machine.alloc('other');
  machine.rmpupdate(other, { assigned: 1, asid: 5, gpa: GPA + PAGE });
  machine.npt_map(guest, GPA, other);
  const fault = guest.read(GPA, 1) as { check?: string };
  assert.equal(fault.check, 'Reverse-Map');
});

test('sizes: a 2M entry under a 4K mapping, PSMASH, and a 2M mapping over 4K entries', () => {
  const machine = new SnpMachine();
  const huge = machine.alloc('huge', 2 * MiB);
  assert.equal(huge % (2 * MiB), 0);
  const guest = machine.guest('guest', { asid: 5 });
  const gpa = 0x20_0000;
  const large = { assigned: 1, asid: 5, gpa, pagesize: RMP_PG_SIZE_2M } as const;
  assert.equal(machine.rmpupdate(huge, large), 0);
  machine.npt_map(guest, gpa, huge, '2M');
  assert.equal(show(guest.pvalidate(gpa + PAGE, 1, RMP_PG_SIZE_4K)), '#NPF { RMP, ENC, SIZEM }');
  assert.equal(show(guest.pvalidate(gpa, 1, RMP_PG_SIZE_2M)), 'ok, CF 0');
  assert.equal(guest.write(gpa + 3 * PAGE, 'x'), 0);
  assert.equal(show(machine.rmpupdate(huge, {})), 'FAIL_OVERLAP (4)');
  assert.equal(show(machine.rmpupdate(huge + PAGE, {})), 'refused, code not documented');
  assert.equal(show(machine.psmash(huge + PAGE)), 'FAIL_INPUT (1)');
  assert.equal(machine.psmash(huge), 0);
  assert.equal(show(machine.psmash(huge)), 'not eligible (7)');
  assert.equal((guest.read(gpa + 3 * PAGE, 1) as { check?: string }).check, 'Page-Size');
  machine.npt_map(guest, gpa + 3 * PAGE, huge + 3 * PAGE, '4K');
  assert.equal(show(guest.read(gpa + 3 * PAGE, 1)), "'x'");
  assert.equal(show(machine.rmpupdate(huge, large)), 'FAIL_OVERLAP (4)');
});

test('a large mapping of the direct map makes its neighbors count until it is split', () => {
  const machine = new SnpMachine({ direct_map: '2M' });
  const [mine, theirs] = [machine.alloc('mine'), machine.alloc('theirs')];
  machine.rmpupdate(theirs, { assigned: 1, asid: 5, gpa: GPA });
  assert.equal(show(machine.host_write(mine, 'x')), '#PF { RMP }');
  assert.equal(machine.split(mine), 1);
  assert.equal(machine.split(theirs), 1);
  assert.equal(machine.host_write(mine, 'x'), 0);
});

test('a level gives what it has, and only to levels above it', () => {
  const { guest } = stage();
  guest.pvalidate(GPA, 1);
  assert.equal(guest.rmpadjust(GPA, { target_vmpl: 1, permissions: VMPL_READ }), 0);
  assert.equal(show(guest.rmpquery(GPA, 1)), 'R, VMSA 0, 4K');
  guest.vmpl = 1;
  assert.equal(show(guest.write(GPA, 'x')), '#NPF { RMP, ENC, VMPL }');
  const more = { target_vmpl: 2, permissions: VMPL_READ | VMPL_WRITE };
  assert.equal(show(guest.rmpadjust(GPA, more)), 'FAIL_PERMISSION (2)');
  assert.equal(show(guest.rmpadjust(GPA, { target_vmpl: 0, permissions: VMPL_ALL })), 'FAIL_PERMISSION (2)');
});

test('an immutable page: no instruction changes it, the firmware gives it back, a page in use waits', () => {
  const machine = new SnpMachine();
  const page = machine.alloc('page');
  assert.equal(machine.rmpupdate(page, { assigned: 1, immutable: 1 }), 0);
  assert.equal(machine.page_state(page), 'Firmware');
  assert.equal(show(machine.rmpupdate(page, {})), 'FAIL_PERMISSION (2)');
  assert.equal(show(machine.snp_page_reclaim(page)), 'SUCCESS');
  assert.equal(machine.page_state(page), 'Reclaim');
  const guest = machine.guest('guest', { asid: 5 });
  assert.equal(show(machine.vmrun(guest, { vmcb: page })), '#GP(0)');
  assert.equal(machine.rmpupdate(page, {}), 0);
  assert.equal(machine.vmrun(guest, { vmcb: page }), 0);
  assert.equal(show(machine.rmpupdate(page, { assigned: 1, asid: 5 })), 'FAIL_INUSE (3)');
  machine.vmexit(guest);
  assert.equal(machine.rmpupdate(page, { assigned: 1, asid: 5 }), 0);
});

test('the picture marks what changed since the one before, and names runs of a large page', () => {
  const { machine, page, guest } = stage();
  machine.alloc('huge', 2 * MiB);
  const rows = (title: string) => machine.picture(title).tables.find(({ label }) => label === 'RMP')?.rows ?? [];
  assert.deepEqual(
    rows('first').map(({ mark }) => mark),
    [undefined, undefined],
  );
  guest.pvalidate(GPA, 1);
  const [first, second] = rows('second');
  assert.deepEqual([first?.mark, first?.owner, first?.cells[1]], ['changed', 'P', 'Guest-Valid']);
  assert.deepEqual([second?.mark, second?.cells[0]], [undefined, '0x1200000 ×512']);
  assert.equal(page, 0x100_0000);
});
