/**
 * The state of a page, told from the bits of its RMP entry: nothing keeps it beside them.
 * Source: amd/AMD-ASPFW, fw/psp_bl_uapps/sev_uapp/src/sev_rmp.h and sev_rmp.c, firmware 1.55.25. The SEV-SNP white paper names
 * all but HV-Fixed, Reclaim and Default.
 */
import type { Owner } from '../trace.ts';
import type { RmpEntry } from './rmp-entry.ts';

export type PageState =
  | 'Hypervisor'
  | 'HV-Fixed'
  | 'Reclaim'
  | 'Firmware'
  | 'Context'
  | 'Metadata'
  | 'Pre-Guest'
  | 'Pre-Swap'
  | 'Guest-Invalid'
  | 'Guest-Valid'
  | 'Default';

/** The state of a page; `Default` where the table has no entry for it. */
export function pageState(entry: RmpEntry | undefined): PageState {
  if (entry === undefined) return 'Default';
  const { assigned, immutable, asid, validated, gpa, vmsa } = entry;
  if (assigned === 0) return immutable === 1 ? 'HV-Fixed' : 'Hypervisor';
  if (asid !== 0) {
    if (immutable === 1) return validated === 1 ? 'Pre-Swap' : 'Pre-Guest';
    return validated === 1 ? 'Guest-Valid' : 'Guest-Invalid';
  }
  if (immutable === 0) return 'Reclaim';
  if (gpa !== 0) return 'Metadata';
  return vmsa === 1 ? 'Context' : 'Firmware';
}

const OWNER: Record<PageState, Owner> = {
  Hypervisor: 'H',
  'HV-Fixed': 'H',
  Default: 'H',
  Reclaim: 'F',
  Firmware: 'F',
  Context: 'F',
  Metadata: 'F',
  'Pre-Guest': 'P',
  'Pre-Swap': 'P',
  'Guest-Invalid': 'P',
  'Guest-Valid': 'P',
};

/** Who owns a page of this state, as the letter of the gutter. A hypervisor page that a guest reaches as shared is the caller's matter. */
export const stateOwner = (state: PageState): Owner => OWNER[state];
