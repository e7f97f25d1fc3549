/** A guest that accepts an address twice gives the host two pages for it, the old content among them. */
import { SnpMachine } from 'unmapped';

const machine = new SnpMachine();
const [old, fresh] = [machine.alloc('old'), machine.alloc('fresh')];
const guest = machine.guest('guest', { asid: 5 });
const gpa = 0x10000;
guest.map(gpa, gpa); // → 0
machine.rmpupdate(old, { assigned: 1, asid: 5, gpa }); // → 0
machine.npt_map(guest, gpa, old); // → 0
guest.pvalidate(gpa, 1); // → ok, CF 0
guest.write(gpa, 'balance 100'); // → 0

// The host gives a second page the same address. Nobody has accepted that one.
machine.rmpupdate(fresh, { assigned: 1, asid: 5, gpa }); // → 0
machine.npt_map(guest, gpa, fresh); // → 0
machine.picture('a second page for one address');
guest.read(gpa, 11); // → #VC 0x404

// A careless guest accepts what it is shown. The carry flag does not warn: this page is new.
guest.pvalidate(gpa, 1); // → ok, CF 0
guest.write(gpa, 'balance 0  '); // → 0
machine.picture('two accepted pages');

// From now on the host chooses which one the guest sees.
machine.npt_map(guest, gpa, old); // → 0
guest.read(gpa, 11); // → 'balance 100'
guest.pvalidate(gpa, 1); // → ok, CF 1
