/** The checks of VMRUN and of what else makes the processor write into a page that the host names. */
import { type RmpFault, type SnpGuest, SnpMachine, show } from '../../../model/index.ts';
import { PAGE } from '../../../model/units.ts';
import { CannotReplay } from '../../cannot-replay.ts';
import { compareFields, type VectorReport } from '../vector.ts';
import { entryWords, GPA, place, type RowEntry, SELF } from './entry.ts';
import { sourceOf } from './row.ts';

interface VmrunRow {
  readonly operation: string;
  readonly snp_active_guest?: boolean;
  readonly rmp: RowEntry;
  readonly expect: string;
  readonly sources?: readonly string[];
}

/** What the row's operation answers, about a page with the row's entry. */
function perform(machine: SnpMachine, guest: SnpGuest, spa: number, operation: string): unknown {
  const vmcb = machine.alloc('vmcb');
  const vmsa = { spa, gpa: GPA };
  if (/^RMPUPDATE .*running/.test(operation)) {
    const started = machine.vmrun(guest, { vmcb, vmsa });
    return started === 0 ? machine.rmpupdate(spa, {}) : started;
  }
  if (operation.includes('VM_HSAVE_PA')) return machine.wrmsr_vm_hsave_pa(spa);
  if (operation.startsWith('VMSAVE')) return machine.vmsave(spa);
  if (operation.includes('VMCB')) return machine.vmrun(guest, { vmcb: spa });
  if (operation.includes('AVIC')) return machine.vmrun(guest, { vmcb, avic_backing_page: spa });
  if (operation.includes('VMSA')) return machine.vmrun(guest, { vmcb, vmsa });
  throw new CannotReplay(`the operation '${operation}' is not known`);
}

export function vmrunVector(row: VmrunRow): VectorReport {
  const machine = new SnpMachine(row.rmp.covered === false ? { rmp_end: PAGE } : {});
  const spa = machine.alloc('page');
  const mode = row.snp_active_guest === false ? 'sev' : 'snp';
  const guest = machine.guest('guest', { asid: SELF, mode });
  place(machine.rmp, spa / PAGE, GPA, row.rmp);
  const answer = perform(machine, guest, spa, row.operation);
  const found = answer === 0 ? 'ok' : ((answer as RmpFault).kind ?? show(answer));
  return {
    title: `${row.operation}, ${entryWords(row.rmp)}`,
    ...compareFields([{ field: 'answer', expected: row.expect, found }]),
    ...sourceOf(row),
  };
}
