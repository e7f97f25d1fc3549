/** A host write through a 2M mapping faults if any page of the region is a guest’s: why the direct map is split. */
import { SnpMachine } from 'unmapped';

const machine = new SnpMachine({ direct_map: '2M' });
const mine = machine.alloc('mine');
const given = machine.alloc('given');
machine.host_write(mine, 'x'); // → 0

// One page of the region goes to a guest. Nobody touched the other one.
machine.rmpupdate(given, { assigned: 1, asid: 5, gpa: 0x10000 }); // → 0
machine.host_write(mine, 'x'); // → #PF { RMP }
machine.picture('one mapping of 2M over both');

// Linux maps the region page by page before it gives a page away.
machine.split(mine); // → 1
machine.host_write(mine, 'x'); // → 0
machine.host_write(given, 'x'); // → #PF { RMP }
machine.picture('mapped page by page');
