/** Inside one guest: VMPL0 gives the levels above it what it has itself, page by page. */
import { SnpMachine, VMPL_READ, VMPL_WRITE } from 'unmapped';

const machine = new SnpMachine();
const page = machine.alloc('page');
const guest = machine.guest('guest', { asid: 5 });
const gpa = 0x10000;
machine.rmpupdate(page, { assigned: 1, asid: 5, gpa }); // → 0
machine.npt_map(guest, gpa, page); // → 0
guest.pvalidate(gpa, 1); // → ok, CF 0
guest.write(gpa, 'keys'); // → 0

// After assignment only VMPL0 has permissions.
guest.rmpquery(gpa, 1); // → none, VMSA 0, 4K
guest.vmpl = 1;
guest.read(gpa, 4); // → #NPF { RMP, ENC, VMPL }

guest.vmpl = 0;
guest.rmpadjust(gpa, { target_vmpl: 1, permissions: VMPL_READ }); // → 0
guest.vmpl = 1;
guest.read(gpa, 4); // → 'keys'
guest.write(gpa, 'x'); // → #NPF { RMP, ENC, VMPL }

// A level gives no more than it has, and nothing to itself.
guest.rmpadjust(gpa, { target_vmpl: 2, permissions: VMPL_READ | VMPL_WRITE }); // → FAIL_PERMISSION (2)
guest.rmpadjust(gpa, { target_vmpl: 1, permissions: VMPL_READ }); // → FAIL_PERMISSION (2)
