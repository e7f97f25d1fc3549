/** The hypervisor cannot move a guest's page; the firmware can, and the guest does not notice. */
import { SNP_PAGE_TYPE_NORMAL, SNP_POLICY_MASK_RSVD_MBO, SNP_POLICY_MASK_SMT, SnpFirmware, SnpMachine } from 'unmapped';

const machine = new SnpMachine();
const firmware = new SnpFirmware(machine);
const guest = machine.guest('guest', { asid: 1 });
const gctx = machine.alloc('guest context');
machine.rmpupdate(gctx, { assigned: 1, immutable: 1 });
firmware.snp_gctx_create(gctx);
firmware.snp_launch_start(gctx, { policy: SNP_POLICY_MASK_RSVD_MBO | SNP_POLICY_MASK_SMT });
firmware.snp_activate(gctx, 1);
const here = machine.alloc('here');
machine.rmpupdate(here, { gpa: 0x1000, assigned: 1, immutable: 1, asid: 1 });
firmware.snp_launch_update(gctx, { address: here, page_type: SNP_PAGE_TYPE_NORMAL });
machine.npt_map(guest, 0x1000, here);
guest.write(0x1000, 'secret'); // → 0

// The hypervisor on its own: ciphertext copied, the guest address assigned anew.
const copy = machine.alloc('copy');
machine.host_write(copy, machine.host_read(here, 4096)); // → 0
machine.rmpupdate(copy, { gpa: 0x1000, assigned: 1, asid: 1 }); // → 0
machine.npt_map(guest, 0x1000, copy); // → 0
guest.read(0x1000, 6); // → #VC 0x404

// Through the firmware: the page is held, then moved under the guest's key.
const there = machine.alloc('there');
machine.rmpupdate(there, { gpa: 0x1000, assigned: 1, immutable: 1, asid: 1 }); // → 0
machine.rmpupdate(here, { gpa: 0x1000, assigned: 1, immutable: 1, asid: 1 }); // → 0
machine.page_state(here); // → 'Pre-Swap'
firmware.snp_page_move(gctx, here, there); // → SUCCESS
machine.page_state(there); // → 'Guest-Valid'
machine.npt_map(guest, 0x1000, there); // → 0
guest.read(0x1000, 6); // → 'secret'
machine.page_state(here); // → 'Guest-Invalid'
