/** A page of entries goes only when it is empty: a table that somebody else owns comes down from its leaves. */
import { Host, linux, OwnedTable, TdpMmu } from 'unmapped';

const host = new Host(linux('6.16.1'));
const owner = new OwnedTable();
const mmu = new TdpMmu(host, { gfn_direct_bits: 2 ** 35, external: owner });
mmu.kvm_tdp_mmu_map(0); // → 'RET_PF_FIXED'

// From the top, as KVM drops an ordinary root: the owner refuses the page that still has entries below it.
const top = mmu.spte('mirror', 0, 4).page?.external_spt;
if (top !== undefined) {
  owner.free_external_spt(0, 3, top); // → -EIO
}

// From the leaves: the last step of the VM takes the leaf first, then each page above it.
const before = owner.calls.length;
mmu.uninit();
owner.calls.slice(before); // → ['remove', 'free', 'free', 'free']
mmu.bugged; // → undefined
