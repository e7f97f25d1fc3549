/** The owner of the external table is busy: the entry gets its old value back, and the guest faults again. */
import { Host, linux, OwnedTable, PAGE, TdpMmu } from 'unmapped';

const host = new Host(linux('6.16.1'));
const owner = new OwnedTable();
const mmu = new TdpMmu(host, { gfn_direct_bits: 2 ** 35, external: owner });
const page = host.memory.allocate()!;
const mirror = mmu.mirror!;

owner.busy = 1;
mmu.kvm_tdp_mmu_map(5 * PAGE, page); // →
owner.calls; // →
mmu.spte(mirror, 5, 4); // →

mmu.kvm_tdp_mmu_map(5 * PAGE, page); // →
owner.calls; // →
mmu.spte(mirror, 5); // →
owner.leafCount; // →
