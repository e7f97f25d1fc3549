/** The CPUID page refused, reclaimed, corrected and loaded again: its state after each step. */
import {
  cpuidPage,
  SNP_PAGE_TYPE_CPUID,
  SNP_POLICY_MASK_RSVD_MBO,
  SNP_POLICY_MASK_SMT,
  SnpFirmware,
  SnpMachine,
} from 'unmapped';

const machine = new SnpMachine();
const firmware = new SnpFirmware(machine, { processor: [{ eax_in: 7, ebx: 0x0f }] });
const guest = machine.guest('guest', { asid: 1 });
const gctx = machine.alloc('guest context');
machine.rmpupdate(gctx, { assigned: 1, immutable: 1 });
firmware.snp_gctx_create(gctx);
firmware.snp_launch_start(gctx, { policy: SNP_POLICY_MASK_RSVD_MBO | SNP_POLICY_MASK_SMT });
firmware.snp_activate(gctx, 1);

const address = machine.alloc('CPUID table');
const private_page = { gpa: 0x80e000, assigned: 1, immutable: 1, asid: 1 } as const;
const leaf7 = 16 + 28; // ebx of the first entry

// The host asks for a bit that the processor does not have.
machine.host_write(address, cpuidPage([{ eax_in: 7, ebx: 0x1f }])); // → 0
machine.rmpupdate(address, private_page); // → 0
firmware.snp_launch_update(gctx, { address, page_type: SNP_PAGE_TYPE_CPUID }); // → INVALID_PARAM
machine.page_state(address); // → 'Pre-Guest'

// The firmware wrote the table back in the clear. The host has to get the page back before it may write to it.
machine.host_read(address + leaf7, 1); // → 0f
machine.host_write(address + leaf7, 0x0f); // → #PF { RMP }
firmware.snp_page_reclaim(address); // → SUCCESS
machine.rmpupdate(address, {}); // → 0
machine.host_write(address + leaf7, 0x0f); // → 0

// Once more, with the values that are allowed.
machine.rmpupdate(address, private_page); // → 0
firmware.snp_launch_update(gctx, { address, page_type: SNP_PAGE_TYPE_CPUID }); // → SUCCESS
machine.page_state(address); // → 'Guest-Valid'
machine.npt_map(guest, 0x80e000, address);
guest.read(0x80e000 + leaf7, 1); // → 0f
