/** Patch 08, posted and not merged: a VM with a shared bit is dead as soon as anybody zaps a range of it. */
import { Host, linux, OwnedTable, TdpMmu } from 'unmapped';
import { kvm_zap_gfn_range_posted } from 'unmapped/proposals/tdx-mmu';

const host = new Host(linux('6.16.1'));
const BIT = 2 ** 35;

// As posted on 2024-05-14: a range without a single mapping is enough.
const posted = new TdpMmu(host, { gfn_direct_bits: BIT, external: new OwnedTable() });
posted.kvm_tdp_mmu_map(0); // → 'RET_PF_FIXED'
kvm_zap_gfn_range_posted(posted, 100, 101); // → 0
posted.bugged; // → 'kvm_zap_gfn_range() on a VM with a shared bit'

// As in 6.16.1: leaves go from every valid root, private ones too. Nothing stops a caller.
const merged = new TdpMmu(host, { gfn_direct_bits: BIT, external: new OwnedTable() });
merged.kvm_tdp_mmu_map(0); // → 'RET_PF_FIXED'
merged.kvm_zap_gfn_range(0, 1); // → 1
merged.leaves; // → { direct: 0, mirror: 0 }
merged.bugged; // → undefined
