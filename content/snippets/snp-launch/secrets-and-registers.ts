/** The firmware makes the secrets page itself, and marks a register page as one that VMRUN may load. */
import {
  SNP_PAGE_TYPE_SECRETS,
  SNP_PAGE_TYPE_VMSA,
  SNP_POLICY_MASK_RSVD_MBO,
  SNP_POLICY_MASK_SMT,
  SnpFirmware,
  SnpMachine,
} from 'unmapped';

const VMPCK0 = 0x20;
const machine = new SnpMachine();
const firmware = new SnpFirmware(machine);
const guest = machine.guest('guest', { asid: 1 });
const gctx = machine.alloc('guest context');
machine.rmpupdate(gctx, { assigned: 1, immutable: 1 });
firmware.snp_gctx_create(gctx);
firmware.snp_launch_start(gctx, { policy: SNP_POLICY_MASK_RSVD_MBO | SNP_POLICY_MASK_SMT });
firmware.snp_activate(gctx, 1);

// What the host wrote into the page is lost; the keys in it are known to the guest and to the firmware.
const secrets = machine.alloc('secrets');
machine.host_write(secrets + VMPCK0, 'a key of mine'); // → 0
machine.rmpupdate(secrets, { gpa: 0x80d000, assigned: 1, immutable: 1, asid: 1 });
firmware.snp_launch_update(gctx, { address: secrets, page_type: SNP_PAGE_TYPE_SECRETS }); // → SUCCESS
machine.npt_map(guest, 0x80d000, secrets);
guest.read(0x80d000 + VMPCK0, 4); // → cf 6b 8e b7
machine.host_read(secrets + VMPCK0, 4); // → f1 df fa a3

// Registers: the entry's VMSA bit is what VMRUN asks for.
const vmcb = machine.alloc('VMCB');
const spa = machine.alloc('registers');
const gpa = 0xfffffffff000;
machine.rmpupdate(spa, { gpa, assigned: 1, immutable: 1, asid: 1 });
machine.vmrun(guest, { vmcb, vmsa: { spa, gpa } }); // → VMEXIT_INVALID
firmware.snp_launch_update(gctx, { address: spa, page_type: SNP_PAGE_TYPE_VMSA }); // → SUCCESS
machine.vmrun(guest, { vmcb, vmsa: { spa, gpa } }); // → 0
machine.rmpupdate(spa, {}); // → FAIL_INUSE (3)
