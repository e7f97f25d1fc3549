/** A page becomes private by four acts of two parties; afterwards the host reads ciphertext and cannot write. */
import { SnpMachine } from 'unmapped';

const machine = new SnpMachine();
const page = machine.alloc('page');
const guest = machine.guest('guest', { asid: 5 });
const gpa = 0x10000;
guest.map(gpa, gpa, 1); // → 0
machine.npt_map(guest, gpa, page); // → 0
machine.picture('the host’s page, already in the guest’s tables');

// The guest has nothing to touch yet: the page belongs to the hypervisor.
guest.write(gpa, 'secret'); // → #NPF { RMP, ENC }

// The host assigns it. That alone is not enough.
machine.rmpupdate(page, { assigned: 1, asid: 5, gpa }); // → 0
machine.picture('assigned, not accepted');
guest.write(gpa, 'secret'); // → #VC 0x404

// The guest accepts it.
guest.pvalidate(gpa, 1); // → ok, CF 0
guest.write(gpa, 'secret'); // → 0
machine.picture('private');

guest.read(gpa, 6); // → 'secret'
machine.host_read(page, 6); // → f3 d2 56 34 48 7e
machine.host_write(page, 'forged'); // → #PF { RMP }
guest.read(gpa, 6); // → 'secret'
