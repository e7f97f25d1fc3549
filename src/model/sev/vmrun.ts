/**
 * What VMRUN and its neighbors check in the RMP: the host may not let the processor write its own structures into a guest's
 * page, and may not pass off any page as a guest's registers. AMD APM vol. 2, 15.36.12, Table 15-41, through public notes.
 * Pages that are only read (nested page table root, permission maps, AVIC tables) are not checked.
 */
import { PAGE } from '../units.ts';
import type { Rmp } from './rmp.ts';
import { ownership } from './rmp-access.ts';
import { RmpFault } from './rmp-fault.ts';

/** A page that the processor writes for the host. Sizes count as 4K. */
export type HostStructure = 'VMCB' | 'AVIC backing page' | 'VMSA of an SEV-ES guest' | 'VM_HSAVE_PA' | 'VMSAVE';

const GENERAL_PROTECTION: ReadonlySet<HostStructure> = new Set(['VMCB', 'VM_HSAVE_PA', 'VMSAVE']);

/** Hypervisor-Owned, for a structure at physical address `spa` (bytes). */
export function checkHostStructure(rmp: Rmp, spa: number, what: HostStructure): RmpFault | undefined {
  const entry = rmp.lookup(Math.floor(spa / PAGE));
  if (entry === undefined || entry.assigned === 0) return undefined;
  const kind = GENERAL_PROTECTION.has(what) ? '#GP(0)' : 'VMEXIT_INVALID';
  return new RmpFault(
    kind,
    'Hypervisor-Owned',
    `${what}: the page is assigned, and the processor would write into it.`,
  );
}

/** The save area of an SNP guest: Covered, Guest-Owned, Reverse-Map, Mutable, and VMSA=1. `gpa` is what the VMCB names, bytes. */
export function checkVmsa(
  rmp: Rmp,
  spa: number,
  guest: { readonly asid: number; readonly gpa: number },
): RmpFault | undefined {
  const pfn = Math.floor(spa / PAGE);
  const owned = ownership(rmp, pfn, guest);
  if (owned !== undefined) return new RmpFault('VMEXIT_INVALID', owned.check, owned.why);
  if (rmp.lookup(pfn)?.vmsa === 1) return undefined;
  return new RmpFault(
    'VMEXIT_INVALID',
    'VMSA',
    'The page is the guest’s but not marked as a save area: the host cannot make one.',
  );
}
