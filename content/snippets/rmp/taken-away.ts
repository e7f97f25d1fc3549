/** The host may take a page at any time. The guest is not asked; it notices, and its old bytes do not come back as valid. */
import { SnpMachine } from 'unmapped';

const machine = new SnpMachine();
const page = machine.alloc('page');
const guest = machine.guest('guest', { asid: 5 });
const gpa = 0x10000;
machine.rmpupdate(page, { assigned: 1, asid: 5, gpa }); // → 0
machine.npt_map(guest, gpa, page); // → 0
guest.pvalidate(gpa, 1); // → ok, CF 0
guest.write(gpa, 'secret 1'); // → 0
const before = machine.host_read(page, 16);
guest.write(gpa, 'secret 2'); // → 0

// Taken, overwritten with the old ciphertext, given back.
machine.rmpupdate(page, {}); // → 0
guest.read(gpa, 8); // → #NPF { RMP, ENC }
machine.host_write(page, before); // → 0
machine.rmpupdate(page, { assigned: 1, asid: 5, gpa }); // → 0
guest.read(gpa, 8); // → #VC 0x404
machine.page_state(page); // → 'Guest-Invalid'
