/** What the processor writes for the host must be the host’s; what it runs as registers must be marked by the guest. */
import { SnpMachine, VMPL_READ } from 'unmapped';

const machine = new SnpMachine();
const [vmcb, save] = [machine.alloc('vmcb'), machine.alloc('save area')];
const guest = machine.guest('guest', { asid: 5 });
const gpa = 0x10000;
machine.rmpupdate(save, { assigned: 1, asid: 5, gpa }); // → 0
machine.npt_map(guest, gpa, save); // → 0
guest.pvalidate(gpa, 1); // → ok, CF 0

// A VMCB in a guest's page would let VMRUN write there.
machine.vmrun(guest, { vmcb: save }); // → #GP(0)

// The page is the guest's, but the guest did not make it a save area.
const vmsa = { spa: save, gpa };
machine.vmrun(guest, { vmcb, vmsa }); // → VMEXIT_INVALID
guest.rmpadjust(gpa, { target_vmpl: 1, permissions: VMPL_READ, vmsa: 1 }); // → 0
machine.vmrun(guest, { vmcb, vmsa }); // → 0

// While it runs, the host cannot take the page away.
machine.rmpupdate(save, {}); // → FAIL_INUSE (3)
machine.vmexit(guest); // → 0
machine.rmpupdate(save, {}); // → 0
