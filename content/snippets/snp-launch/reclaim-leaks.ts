/** A page that the firmware does not give back is never used again: a store to it would fault for ever. */
import {
  RMP_PG_SIZE_4K,
  SNP_POLICY_MASK_RSVD_MBO,
  SNP_POLICY_MASK_SMT,
  SnpFirmware,
  SnpMachine,
} from 'unmapped';

const machine = new SnpMachine();
const firmware = new SnpFirmware(machine);
const gctx = machine.alloc('guest context');
machine.rmpupdate(gctx, { assigned: 1, immutable: 1 }); // → 0
firmware.snp_gctx_create(gctx); // → SUCCESS
firmware.snp_launch_start(gctx, { policy: SNP_POLICY_MASK_RSVD_MBO | SNP_POLICY_MASK_SMT }); // → SUCCESS

// The way back for an ordinary page of the firmware.
const buffer = machine.alloc('buffer');
machine.rmpupdate(buffer, { assigned: 1, immutable: 1 }); // → 0
firmware.snp_page_reclaim(buffer, RMP_PG_SIZE_4K); // → SUCCESS
machine.rmpupdate(buffer, {}); // → 0
machine.host_write(buffer, 'free again'); // → 0

// A guest context cannot be reclaimed while it is one. The kernel gives the page up.
firmware.snp_page_reclaim(gctx); // → INVALID_PAGE_STATE
machine.rmpupdate(gctx, {}); // → FAIL_PERMISSION (2)
machine.host_write(gctx, 'mine?'); // → #PF { RMP }
machine.snp_leak_pages(gctx); // → 1
