/** What SNP_LAUNCH_UPDATE asks of a page before it looks at its bytes. */
import {
  SNP_PAGE_TYPE_NORMAL,
  SNP_POLICY_MASK_RSVD_MBO,
  SNP_POLICY_MASK_SMT,
  SnpFirmware,
  SnpMachine,
} from 'unmapped';

const machine = new SnpMachine();
const firmware = new SnpFirmware(machine);
const gctx = machine.alloc('guest context');
machine.rmpupdate(gctx, { assigned: 1, immutable: 1 });
firmware.snp_gctx_create(gctx);
firmware.snp_launch_start(gctx, { policy: SNP_POLICY_MASK_RSVD_MBO | SNP_POLICY_MASK_SMT });
firmware.snp_activate(gctx, 1);
const address = machine.alloc('page');
const update = { address, page_type: SNP_PAGE_TYPE_NORMAL };

// The host's page, the guest's but not immutable, another guest's.
firmware.snp_launch_update(gctx, update); // → INVALID_PAGE_STATE
machine.rmpupdate(address, { gpa: 0x1000, assigned: 1, asid: 1 }); // → 0
firmware.snp_launch_update(gctx, update); // → INVALID_PAGE_STATE
machine.rmpupdate(address, { gpa: 0x1000, assigned: 1, immutable: 1, asid: 2 }); // → 0
firmware.snp_launch_update(gctx, update); // → INVALID_PAGE_OWNER

// Back, and right: assigned to this guest, immutable until the firmware has done its part.
firmware.snp_page_reclaim(address); // → SUCCESS
machine.rmpupdate(address, { gpa: 0x1000, assigned: 1, immutable: 1, asid: 1 }); // → 0
firmware.snp_launch_update(gctx, update); // → SUCCESS
firmware.snp_launch_update(gctx, update); // → INVALID_PAGE_STATE
firmware.digest(gctx); // → e6e4d78904d9d6b3…
