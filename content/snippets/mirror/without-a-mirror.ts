/** What the mirror saves: calls to the owner for eight faults and one zap, with a mirror and without. */
import { Host, linux, OwnedTable, PAGE, TdpMmu } from 'unmapped';
import { UnmirroredMmu } from 'unmapped/proposals/tdx-mmu';

const PAGES = 8;
const { memory } = new Host(linux('6.16.1'));

const mirrored = new OwnedTable();
const mmu = new TdpMmu(new Host(linux('6.16.1')), { gfn_direct_bits: 2 ** 35, external: mirrored });
for (let gfn = 0; gfn < PAGES; gfn++) mmu.kvm_tdp_mmu_map(gfn * PAGE);
mirrored.calls.length; // → 11

const read = new OwnedTable();
const bare = new UnmirroredMmu(read, memory);
for (let gfn = 0; gfn < PAGES; gfn++) bare.map(gfn * PAGE);
read.calls.length; // → 43

// Taking the same range away: the mirror says where the leaves are.
const mapped = mirrored.calls.length;
const looked = read.calls.length;
mmu.unmap(0, 512); // → 8
bare.zap(0, 512);
mirrored.calls.length - mapped; // → 8
read.calls.length - looked; // → 2056
