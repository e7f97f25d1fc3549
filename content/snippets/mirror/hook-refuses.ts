/** The owner of the external table is busy: the entry gets its old value back, and the guest faults again. */
import { Host, linux, OwnedTable, PAGE, TdpMmu } from 'unmapped';

const host = new Host(linux('6.16.1'));
const owner = new OwnedTable();
const mmu = new TdpMmu(host, { gfn_direct_bits: 2 ** 35, external: owner });
const page = mmu.new_page();

owner.busy = 1;
mmu.kvm_tdp_mmu_map(5 * PAGE, page); // → 'RET_PF_RETRY'
owner.calls; // → ['link']
mmu.spte('mirror', 5, 4); // → not present

mmu.kvm_tdp_mmu_map(5 * PAGE, page); // → 'RET_PF_FIXED'
owner.calls; // → ['link', 'link', 'link', 'link', 'set']
mmu.spte('mirror', 5); // → leaf → page frame 0x1000
owner.leafCount; // → 1
