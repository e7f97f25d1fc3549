/** An SNP guest's table is KVM's own: a private page is an ordinary entry, set by an ordinary store. */
import { Host, KVM_FILTER_PRIVATE, linux, OwnedTable, PAGE, TdpMmu } from 'unmapped';

const host = new Host(linux('6.16.1'));
const owner = new OwnedTable();
const snp = new TdpMmu(host);
const tdx = new TdpMmu(host, { gfn_direct_bits: 2 ** 35, external: owner });

snp.kvm_tdp_mmu_map(0); // → 'RET_PF_FIXED'
snp.spte('direct', 0); // → leaf → page frame 0x1000
tdx.kvm_tdp_mmu_map(0); // → 'RET_PF_FIXED'
owner.calls; // → ['link', 'link', 'link', 'set']

// Taking the private side away: of a table without a mirror both sides are in one root.
snp.unmap(0, 1, KVM_FILTER_PRIVATE); // → 1
tdx.unmap(0, 1, KVM_FILTER_PRIVATE); // → 1
owner.calls.at(-1); // → 'remove'

// A root of KVM's own is dropped as a whole, pages of entries and all; a mirror root is not.
snp.kvm_tdp_mmu_map(PAGE); // → 'RET_PF_FIXED'
tdx.kvm_tdp_mmu_map(PAGE); // → 'RET_PF_FIXED'
snp.kvm_mmu_zap_all_fast(); // → 1
tdx.kvm_mmu_zap_all_fast(); // → 0
