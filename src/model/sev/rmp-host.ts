/**
 * RMPUPDATE and PSMASH, the two instructions by which the hypervisor changes the table.
 *
 * RMPUPDATE: the order of checks of AMD APM vol. 3 as quoted on the kernel list on 2021-07-17
 * (Message-ID YPIoaoDCjNVzn2ZM@google.com); codes also of the RMPUPDATE intrinsic's page (learn.microsoft.com). What becomes of
 * Validated and of the masks: APM vol. 2, 15.36.6, 15.36.7, 15.36.11, through public notes.
 */
import { PAGE } from '../units.ts';
import type { Rmp } from './rmp.ts';
import {
  HYPERVISOR_ENTRY,
  NO_PERMISSIONS,
  REGION,
  REGION_BYTES,
  RMP_PG_SIZE_2M,
  RMP_PG_SIZE_4K,
  type RmpEntry,
  type RmpPageSize,
  VMPL_ALL,
} from './rmp-entry.ts';
import { RmpFail } from './rmp-fault.ts';

/** The operand of RMPUPDATE: `struct rmp_state`, arch/x86/virt/svm/sev.c, Linux 6.16.1. What is left out is 0. */
export interface RmpState {
  /** Guest physical address in bytes. */
  readonly gpa?: number;
  readonly assigned?: 0 | 1;
  readonly pagesize?: RmpPageSize;
  readonly immutable?: 0 | 1;
  readonly asid?: number;
}

const NO_RMP = new RmpFail('refused', 'The machine has no RMP: there is no such instruction.');

/** Changes the entry of the page at physical address `spa` (bytes). 0, or the refusal. */
export function rmpupdate(rmp: Rmp, spa: number, state: RmpState): 0 | RmpFail {
  if (rmp.end === 0) return NO_RMP;
  const { gpa = 0, assigned = 0, pagesize = RMP_PG_SIZE_4K, immutable = 0, asid = 0 } = state;
  const pfn = Math.floor(spa / PAGE);
  const large = pagesize === RMP_PG_SIZE_2M;
  if (spa % (large ? REGION_BYTES : PAGE) !== 0) {
    return new RmpFail('FAIL_INPUT', `A ${large ? '2M' : '4K'} page does not begin at this address.`);
  }
  if (assigned === 0 && (immutable === 1 || asid !== 0)) {
    return new RmpFail('FAIL_INPUT', 'A page that is not assigned can neither be immutable nor have an ASID.');
  }
  if (!rmp.covers(large ? pfn + REGION - 1 : pfn)) {
    return new RmpFail('FAIL_INPUT', 'The table has no entry for this page.');
  }
  // Where this check stands among the others was not seen.
  if (rmp.inUse(pfn, large ? REGION : 1))
    return new RmpFail('FAIL_INUSE', 'Another processor is working on the entry.');
  const old = rmp.stored(pfn);
  if (old.immutable === 1) {
    return new RmpFail('FAIL_PERMISSION', 'The entry is immutable: only the firmware can give the page back.');
  }
  if (!large && rmp.head(pfn) !== pfn) {
    return new RmpFail(
      'refused',
      'The page lies inside an assigned 2M entry. Hardware refuses; the code is not documented.',
    );
  }
  if (!large && old.page_size === RMP_PG_SIZE_2M && pfn % REGION === 0) {
    return new RmpFail('FAIL_OVERLAP', 'A 2M entry begins here: a 4K update would overlap it.');
  }
  if (large && old.page_size === RMP_PG_SIZE_4K) {
    const problem = overlap(rmp, pfn);
    if (problem !== undefined) return problem;
  }
  write(rmp, pfn, next(old, { gpa, assigned, page_size: pagesize, immutable, asid }));
  return 0;
}

function overlap(rmp: Rmp, first: number): RmpFail | undefined {
  if (rmp.regionAssigned(first)) {
    return new RmpFail('FAIL_OVERLAP', 'Some 4K page of this 2M region is assigned.');
  }
  for (let page = first; page < first + REGION; page++) {
    if (rmp.stored(page).immutable === 1) {
      return new RmpFail(
        'refused',
        'Some page of this 2M region is HV-Fixed, which no instruction changes; the code is not documented.',
      );
    }
  }
  return undefined;
}

type Asked = Pick<RmpEntry, 'gpa' | 'assigned' | 'page_size' | 'immutable' | 'asid'>;

/**
 * Assigning, taking away, moving and resizing clear Validated; making a page immutable keeps it (the page becomes Pre-Swap).
 * What an update does that changes nothing at all is not settled; this model keeps Validated there too.
 */
function next(old: RmpEntry, asked: Asked): RmpEntry {
  if (asked.assigned === 0) return HYPERVISOR_ENTRY;
  const same =
    old.assigned === 1 && old.asid === asked.asid && old.gpa === asked.gpa && old.page_size === asked.page_size;
  if (same) return { ...old, immutable: asked.immutable };
  return { ...asked, vmsa: 0, validated: 0, permissions: [VMPL_ALL, 0, 0, 0] };
}

/** Writes the entry; under a 2M entry the 511 others hold nothing but Assigned. */
function write(rmp: Rmp, pfn: number, entry: RmpEntry): void {
  const { page_size: before } = rmp.stored(pfn);
  rmp.write(pfn, entry);
  if (entry.page_size !== RMP_PG_SIZE_2M && before !== RMP_PG_SIZE_2M) return;
  const rest: RmpEntry = { ...HYPERVISOR_ENTRY, assigned: entry.assigned, permissions: NO_PERMISSIONS };
  for (let page = pfn + 1; page < pfn + REGION; page++) rmp.write(page, rest);
}

/**
 * Splits the 2M entry at physical address `spa` (bytes) into 512 of 4K: guest addresses count up, all else is copied, Validated
 * among it. There is no instruction for the way back. APM vol. 2, 15.36.11, Table 15-40; codes of the PSMASH intrinsic's page.
 */
export function psmash(rmp: Rmp, spa: number): 0 | RmpFail {
  if (rmp.end === 0) return NO_RMP;
  const pfn = Math.floor(spa / PAGE);
  if (spa % REGION_BYTES !== 0) return new RmpFail('FAIL_INPUT', 'PSMASH takes the address of a 2M page.');
  if (!rmp.covers(pfn)) return new RmpFail('FAIL_INPUT', 'The table has no entry for this page.');
  if (rmp.inUse(pfn, REGION))
    return new RmpFail('FAIL_INUSE', 'Another processor is working on the entry; Linux tries again.');
  const entry = rmp.stored(pfn);
  if (entry.immutable === 1) {
    return new RmpFail('refused', 'The entry is immutable, which no instruction changes; the code is not documented.');
  }
  if (entry.assigned === 0 || entry.page_size !== RMP_PG_SIZE_2M) {
    return new RmpFail(
      'not eligible',
      'The page has no assigned 2M entry. The code is that of the intrinsic’s page, which names no case.',
    );
  }
  for (let i = 0; i < REGION; i++) {
    rmp.write(pfn + i, { ...entry, page_size: RMP_PG_SIZE_4K, gpa: entry.gpa + i * PAGE });
  }
  return 0;
}
