/** A launch from the first page to the running guest: who owns each page after every command. */
import {
  SNP_PAGE_TYPE_CPUID,
  SNP_PAGE_TYPE_NORMAL,
  SNP_PAGE_TYPE_SECRETS,
  SNP_PAGE_TYPE_VMSA,
  SNP_POLICY_MASK_RSVD_MBO,
  SNP_POLICY_MASK_SMT,
  SnpFirmware,
  SnpMachine,
} from 'unmapped';

const machine = new SnpMachine();
const firmware = new SnpFirmware(machine);
const guest = machine.guest('guest', { asid: 1 });

// The context: a page that the host hands to the firmware.
const gctx = machine.alloc('guest context');
machine.rmpupdate(gctx, { assigned: 1, immutable: 1 }); // → 0
firmware.snp_gctx_create(gctx); // → SUCCESS
firmware.snp_launch_start(gctx, { policy: SNP_POLICY_MASK_RSVD_MBO | SNP_POLICY_MASK_SMT }); // → SUCCESS
firmware.snp_activate(gctx, 1); // → SUCCESS

// A page of the image: filled by the host, given to the guest as Pre-Guest, then measured and encrypted by the firmware.
const image = machine.alloc('firmware');
machine.host_write(image, 'reset vector'); // → 0
machine.rmpupdate(image, { gpa: 0xfffff000, assigned: 1, immutable: 1, asid: 1 }); // → 0
machine.picture('Pre-Guest: in the hands of the firmware');
firmware.snp_launch_update(gctx, { address: image, page_type: SNP_PAGE_TYPE_NORMAL }); // → SUCCESS
machine.picture('Guest-Valid: the guest may use it');

// Secrets and CPUID table: the firmware makes the one and checks the other.
const secrets = machine.alloc('secrets');
machine.rmpupdate(secrets, { gpa: 0x80d000, assigned: 1, immutable: 1, asid: 1 }); // → 0
firmware.snp_launch_update(gctx, { address: secrets, page_type: SNP_PAGE_TYPE_SECRETS }); // → SUCCESS
const table = machine.alloc('CPUID table');
machine.rmpupdate(table, { gpa: 0x80e000, assigned: 1, immutable: 1, asid: 1 }); // → 0
firmware.snp_launch_update(gctx, { address: table, page_type: SNP_PAGE_TYPE_CPUID }); // → SUCCESS

// The registers of the one virtual processor come last.
const registers = machine.alloc('registers');
machine.rmpupdate(registers, { gpa: 0xfffffffff000, assigned: 1, immutable: 1, asid: 1 }); // → 0
firmware.snp_launch_update(gctx, { address: registers, page_type: SNP_PAGE_TYPE_VMSA }); // → SUCCESS
firmware.snp_launch_finish(gctx); // → SUCCESS
firmware.picture(gctx, 'What was measured');
firmware.digest(gctx); // → dc860c52784746d1…

// The guest reads its page. The host reads ciphertext and can write nothing.
machine.npt_map(guest, 0xfffff000, image); // → 0
guest.read(0xfffff000, 12); // → 'reset vector'
machine.host_read(image, 12); // → 18 40 8d 7e 42 97 f6 5c 31 65 fb 15
machine.host_write(image, 'other vector'); // → #PF { RMP }
guest.read(0xfffff000, 12); // → 'reset vector'
