/** PVALIDATE says by the carry flag that it changed nothing, and who ignores that does not see the host's game. */
import { MiB, PAGE, RMP_PG_SIZE_2M, SnpMachine } from 'unmapped';

const machine = new SnpMachine();
const page = machine.alloc('page');
const guest = machine.guest('guest', { asid: 5 });
const gpa = 0x10000;
machine.rmpupdate(page, { assigned: 1, asid: 5, gpa }); // → 0
machine.npt_map(guest, gpa, page); // → 0
guest.pvalidate(gpa, 1); // → ok, CF 0
guest.pvalidate(gpa, 1); // → ok, CF 1
guest.pvalidate(gpa, 0); // → ok, CF 0
guest.pvalidate(gpa, 0); // → ok, CF 1

// A range of 2M over entries of 4K: page by page instead.
const huge = machine.alloc('range', 2 * MiB);
machine.rmpupdate(huge, { assigned: 1, asid: 5, gpa: 0x200000 }); // → 0
machine.npt_map(guest, 0x200000, huge, '4K'); // → 0
guest.pvalidate(0x200000, 1, RMP_PG_SIZE_2M); // → FAIL_SIZEMISMATCH (6)
guest.pvalidate(0x200000, 1); // → ok, CF 0
guest.pvalidate(0x200000 + PAGE, 1); // → #NPF
