/** A guest shares a page and takes it back: give up first, ask, and accept last. */
import { SnpMachine } from 'unmapped';

const machine = new SnpMachine();
const page = machine.alloc('page');
const guest = machine.guest('guest', { asid: 5 });
const gpa = 0x10000;
guest.map(gpa, gpa, 1); // → 0
machine.rmpupdate(page, { assigned: 1, asid: 5, gpa }); // → 0
machine.npt_map(guest, gpa, page); // → 0
guest.pvalidate(gpa, 1); // → ok, CF 0
guest.write(gpa, 'secret'); // → 0
machine.picture('private');

// Private to shared.
guest.pvalidate(gpa, 0); // → ok, CF 0
machine.rmpupdate(page, {}); // → 0
guest.set_c_bit(gpa, 0); // → 0
guest.write(gpa, 'for the host'); // → 0
machine.host_read(page, 12); // → 'for the host'
machine.picture('shared');

// Shared to private: the host first, then the guest.
guest.set_c_bit(gpa, 1); // → 0
machine.rmpupdate(page, { assigned: 1, asid: 5, gpa }); // → 0
guest.pvalidate(gpa, 1); // → ok, CF 0
machine.picture('private again');
guest.read(gpa, 12); // → a4 67 db 4d 5d b4 8b f7 64 c0 5d 17
guest.write(gpa, 'secret'); // → 0
