/** An immutable page: the host hands it to the firmware by itself and cannot take it back by itself. */
import { SnpMachine } from 'unmapped';

const machine = new SnpMachine();
const page = machine.alloc('page');
machine.page_state(page); // → 'Hypervisor'

machine.rmpupdate(page, { assigned: 1, immutable: 1 }); // → 0
machine.page_state(page); // → 'Firmware'
machine.host_write(page, 'x'); // → #PF { RMP }
machine.rmpupdate(page, {}); // → FAIL_PERMISSION (2)

// The firmware gives it back, in two steps.
machine.snp_page_reclaim(page); // → SUCCESS
machine.page_state(page); // → 'Reclaim'
machine.host_write(page, 'x'); // → #PF { RMP }
machine.rmpupdate(page, {}); // → 0
machine.page_state(page); // → 'Hypervisor'
machine.host_write(page, 'x'); // → 0
