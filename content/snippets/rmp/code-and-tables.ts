/** Fetches and page walks are private whatever the C-bit says: no code and no page table from a shared page. */
import { SnpMachine } from 'unmapped';

const machine = new SnpMachine();
const [code, table] = [machine.alloc('code'), machine.alloc('table')];
const guest = machine.guest('guest', { asid: 5 });
machine.npt_map(guest, 0x10000, code); // → 0
machine.npt_map(guest, 0x11000, table); // → 0
guest.set_c_bit(0x10000, 0); // → 0

// Data may be shared; code may not.
machine.host_write(code, 'nop'); // → 0
guest.read(0x10000, 3); // → 'nop'
guest.fetch(0x10000); // → #NPF { RMP, ENC }

// The same for the guest's page table.
guest.load_cr3(0x11000); // → 0
guest.read(0x10000, 3); // → #NPF { RMP, ENC }
machine.rmpupdate(table, { assigned: 1, asid: 5, gpa: 0x11000 }); // → 0
guest.read(0x10000, 3); // → #VC 0x404
