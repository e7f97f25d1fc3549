/** Size of the mapping, size of the entry: where they differ the guest stops, and the host splits with PSMASH. */
import { MiB, PAGE, RMP_PG_SIZE_2M, RMP_PG_SIZE_4K, SnpMachine } from 'unmapped';

const machine = new SnpMachine();
const huge = machine.alloc('huge', 2 * MiB);
const guest = machine.guest('guest', { asid: 5 });
const gpa = 0x200000;
machine.rmpupdate(huge, { assigned: 1, asid: 5, gpa, pagesize: RMP_PG_SIZE_2M }); // → 0
machine.npt_map(guest, gpa, huge, '2M'); // → 0

// The guest asks for 4K inside a 2M entry: an exit to the host.
guest.pvalidate(gpa + PAGE, 1, RMP_PG_SIZE_4K); // → #NPF { RMP, ENC, SIZEM }
guest.pvalidate(gpa, 1, RMP_PG_SIZE_2M); // → ok, CF 0
guest.write(gpa + PAGE, 'x'); // → 0

// The host maps one page by itself: now the entry is too large.
machine.npt_map(guest, gpa + PAGE, huge + PAGE, '4K'); // → 0
guest.read(gpa + PAGE, 1); // → #NPF { RMP, ENC }
machine.picture('a 4K mapping into a 2M entry');

// PSMASH: 512 entries, and Validated stays.
machine.psmash(huge); // → 0
guest.read(gpa + PAGE, 1); // → 'x'
machine.picture('512 entries of 4K');

// No instruction leads back while a page of the region is assigned.
machine.rmpupdate(huge, { assigned: 1, asid: 5, gpa, pagesize: RMP_PG_SIZE_2M }); // → FAIL_OVERLAP (4)
machine.npt_map(guest, gpa, huge, '2M'); // → 0
guest.pvalidate(gpa, 1, RMP_PG_SIZE_2M); // → FAIL_SIZEMISMATCH (6)
