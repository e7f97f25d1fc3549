/** An entry's life in three tables: nothing, frozen while its owner is at work, set, and gone again. */
import { Host, linux, OwnedTable, PAGE, TdpMmu } from 'unmapped';

const host = new Host(linux('6.16.1'));
const owner = new OwnedTable();
const mmu = new TdpMmu(host, { gfn_direct_bits: 2 ** 35, external: owner });
const page = mmu.new_page();
mmu.kvm_tdp_mmu_map(4 * PAGE); // → 'RET_PF_FIXED'
mmu.kvm_tdp_mmu_map((2 ** 35 + 9) * PAGE); // → 'RET_PF_FIXED'
mmu.picture('Two neighbors are mapped, page 4 private and page 9 shared: the pages above them exist');

owner.during = () => {
  mmu.picture('The owner is at work for page 5: the mirror has a frozen entry, the external table nothing yet');
  mmu.kvm_tdp_mmu_map(5 * PAGE, page); // → 'RET_PF_RETRY'
};
mmu.kvm_tdp_mmu_map(5 * PAGE, page); // → 'RET_PF_FIXED'
owner.during = undefined;
mmu.picture('Set in both tables, the external one first');

mmu.unmap(5, 6); // → 1
mmu.picture('Removed from both: the pages above stay');
