/** The host may point a guest address anywhere; the entry knows at which address alone the page may appear. */
import { SnpMachine } from 'unmapped';

const machine = new SnpMachine();
const [first, second] = [machine.alloc('first'), machine.alloc('second')];
const guest = machine.guest('guest', { asid: 5 });
machine.rmpupdate(first, { assigned: 1, asid: 5, gpa: 0x10000 }); // → 0
machine.rmpupdate(second, { assigned: 1, asid: 5, gpa: 0x11000 }); // → 0
machine.npt_map(guest, 0x10000, first); // → 0
machine.npt_map(guest, 0x11000, second); // → 0
guest.pvalidate(0x10000, 1); // → ok, CF 0
guest.pvalidate(0x11000, 1); // → ok, CF 0
guest.write(0x10000, 'admin: no'); // → 0
guest.write(0x11000, 'admin: yes'); // → 0
machine.picture('two pages, each at its address');

// The host exchanges the two in the nested page table.
machine.npt_map(guest, 0x10000, second); // → 0
machine.picture('the second page where the first was');
guest.read(0x10000, 9); // → #NPF { RMP, ENC }

// Put back, everything is as before.
machine.npt_map(guest, 0x10000, first); // → 0
guest.read(0x10000, 9); // → 'admin: no'
