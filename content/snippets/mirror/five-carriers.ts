/** Five ways to tell the code that writes an entry whether the entry is in a mirror: one walk, five carriers. */
import { Host, linux, OwnedTable, PAGE, TdpMmu } from 'unmapped';
import {
  atFault,
  atZap,
  FROM_THE_GFN,
  IN_THE_ITERATOR,
  IN_THE_PAGE_ROLE,
  PASS_A_FLAG,
  PASS_THE_FAULT,
  survivesZap,
  touched,
} from 'unmapped/proposals/tdx-mmu';

const BIT = 2 ** 35;
const mmu = new TdpMmu(new Host(linux('6.16.1')), { gfn_direct_bits: BIT, external: new OwnedTable() });

// At a fault all five are right: here the two that look at the address, and the one that was taken.
atFault(PASS_THE_FAULT, mmu, 5 * PAGE); // → 'hook'
atFault(FROM_THE_GFN, mmu, (BIT + 5) * PAGE); // → 'store'
atFault(IN_THE_PAGE_ROLE, mmu, 5 * PAGE); // → 'hook'

// Functions that get a parameter they did not have.
touched(PASS_THE_FAULT).length; // → 9
touched(IN_THE_ITERATOR); // → ['tdp_mmu_set_spte', 'handle_changed_spte', 'handle_removed_pt']
touched(PASS_A_FLAG).length; // → 7
touched(IN_THE_PAGE_ROLE); // → []
touched(FROM_THE_GFN); // → []

// A zap begins with a range and a root, not with a fault, and a slot's frame numbers have no shared bit.
const madeUp = false;
atZap(PASS_THE_FAULT, mmu, mmu.direct, 0, madeUp); // → 'cannot tell'
atZap(FROM_THE_GFN, mmu, mmu.direct, 0, madeUp); // → 'hook'
survivesZap(PASS_THE_FAULT, mmu, madeUp); // → false
survivesZap(IN_THE_ITERATOR, mmu, madeUp); // → true
survivesZap(PASS_A_FLAG, mmu, madeUp); // → true
survivesZap(IN_THE_PAGE_ROLE, mmu, madeUp); // → true
survivesZap(FROM_THE_GFN, mmu, madeUp); // → false
