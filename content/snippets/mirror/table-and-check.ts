/** An SNP guest's table is KVM's own, and a check stands beside it: KVM may write any entry, and only the one that agrees counts. */
import { PAGE, SnpMachine } from 'unmapped';

const machine = new SnpMachine();
const guest = machine.guest('guest', { asid: 5 });
const [page, other] = [machine.alloc('page'), machine.alloc('other')];

// An entry in KVM's table: an ordinary store, nobody is asked. The ownership table does not agree yet.
machine.npt_map(guest, 4 * PAGE, page); // → 0
guest.read(4 * PAGE, 1); // → #NPF { RMP, ENC }

// The page is given to the guest at this address, and the guest agrees.
machine.rmpupdate(page, { assigned: 1, asid: 5, gpa: 4 * PAGE }); // → 0
guest.pvalidate(4 * PAGE, 1); // → ok, CF 0
guest.write(4 * PAGE, 'A'); // → 0

// KVM swaps the entry for another page of the guest: the store succeeds, the guest's access does not.
machine.rmpupdate(other, { assigned: 1, asid: 5, gpa: 9 * PAGE }); // → 0
machine.npt_map(guest, 4 * PAGE, other); // → 0
guest.read(4 * PAGE, 1); // → #NPF { RMP, ENC }

// And dropping the entry costs nothing: put it back, and the contents are there.
machine.npt_unmap(guest, 4 * PAGE); // → 0
machine.npt_map(guest, 4 * PAGE, page); // → 0
guest.read(4 * PAGE, 1); // → 'A'
