/** Which event takes which table: each is asked once of a guest with two private and two shared pages mapped. */
import { Host, KVM_FILTER_PRIVATE, KVM_FILTER_SHARED, linux, OwnedTable, PAGE, TdpMmu } from 'unmapped';

const BIT = 2 ** 35;

/** What is left of two leaves in each root after an event. */
function after(event: (mmu: TdpMmu) => number) {
  const host = new Host(linux('6.16.1'));
  const mmu = new TdpMmu(host, { gfn_direct_bits: BIT, external: new OwnedTable() });
  for (const gfn of [0, 1]) {
    mmu.kvm_tdp_mmu_map(gfn * PAGE);
    mmu.kvm_tdp_mmu_map((BIT + gfn) * PAGE);
  }
  event(mmu);
  return mmu.leaves;
}

// User memory moves (an MMU notifier), or page 0 becomes private: the shared side goes.
after((mmu) => mmu.unmap(0, 1, KVM_FILTER_SHARED)); // → { direct: 1, mirror: 2 }
// A hole in the guest_memfd, or page 0 becomes shared: the private side goes.
after((mmu) => mmu.unmap(0, 1, KVM_FILTER_PRIVATE)); // → { direct: 2, mirror: 1 }
// A slot is deleted: both sides of its pages.
after((mmu) => mmu.unmap(0, 1)); // → { direct: 1, mirror: 1 }
// Memory types change: both sides of the range.
after((mmu) => mmu.kvm_zap_gfn_range(0, 1)); // → { direct: 1, mirror: 1 }
// The fast way to drop everything, and the end of the process that runs the guest: the direct root only.
after((mmu) => mmu.kvm_mmu_zap_all_fast()); // → { direct: 0, mirror: 2 }
