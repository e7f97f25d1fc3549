/** An ID block says which digest a guest must have; the firmware compares before the guest may run. */
import {
  LaunchDigest,
  PAGE,
  SNP_PAGE_TYPE_NORMAL,
  SNP_POLICY_MASK_RSVD_MBO,
  SNP_POLICY_MASK_SMT,
  SnpFirmware,
  SnpMachine,
} from 'unmapped';

// What the owner of the guest expects, computed from the list of pages alone.
const expected = new LaunchDigest();
const image = new Uint8Array(PAGE).fill(0x90);
expected.snp_launch_update({ gpa: 0x1000, page_type: SNP_PAGE_TYPE_NORMAL, data: image }); // → SUCCESS
expected.digest; // → c50c74940db130f5…

const machine = new SnpMachine();
const firmware = new SnpFirmware(machine);
const gctx = machine.alloc('guest context');
machine.rmpupdate(gctx, { assigned: 1, immutable: 1 });
firmware.snp_gctx_create(gctx);
firmware.snp_launch_start(gctx, { policy: SNP_POLICY_MASK_RSVD_MBO | SNP_POLICY_MASK_SMT });
firmware.snp_activate(gctx, 1);
const address = machine.alloc('image');
machine.host_write(address, image); // → 0
machine.rmpupdate(address, { gpa: 0x1000, assigned: 1, immutable: 1, asid: 1 }); // → 0
firmware.snp_launch_update(gctx, { address, page_type: SNP_PAGE_TYPE_NORMAL }); // → SUCCESS

firmware.digest(gctx); // → c50c74940db130f5…
firmware.snp_launch_finish(gctx, { ld: expected.digest }); // → SUCCESS
