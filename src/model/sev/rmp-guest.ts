/**
 * PVALIDATE, RMPADJUST and RMPQUERY, the instructions by which a guest works on the entries of its own pages. AMD APM vol. 2,
 * 15.36.6, 15.36.7, 15.36.11 and Table 15-40, through public notes; RMPADJUST's order also of APM vol. 3 as quoted on the kernel
 * list on 2021-12-17 (Message-ID 79c91197-a7d8-4b93-b6c3-edb7b2da4807@amd.com); codes of the intrinsics' pages
 * (learn.microsoft.com); ownership checks of the formal model in microsoft/verismo.
 */
import type { Showable } from '../show.ts';
import type { Rmp } from './rmp.ts';
import { ownership } from './rmp-access.ts';
import {
  permissionText,
  REGION_BYTES,
  RMP_PG_SIZE_2M,
  type RmpEntry,
  type RmpPageSize,
  withPermission,
} from './rmp-entry.ts';
import { RmpFail, RmpFault, VC_PAGE_NOT_VALIDATED } from './rmp-fault.ts';

/** Who executes the instruction, on which page. */
export interface GuestPage {
  readonly pfn: number;
  /** Guest virtual address in bytes. */
  readonly gva: number;
  /** Translated guest physical address in bytes. */
  readonly gpa: number;
  readonly asid: number;
  /** VMPL at which the guest runs. */
  readonly vmpl: number;
}

/** PVALIDATE that completed: EAX is 0, and the carry flag says whether it changed nothing. */
export class Validated implements Showable {
  readonly eax = 0;
  /** 1: the Validated bit was already as asked. A guest that ignores it can be given a page twice. */
  readonly cf: 0 | 1;
  /** Present where nothing changed. */
  readonly why: string | undefined;

  constructor(cf: 0 | 1) {
    this.cf = cf;
    this.why =
      cf === 0
        ? undefined
        : 'The bit was already so. Linux and edk2 stop the guest here: the host may be showing a page again.';
    Object.freeze(this);
  }

  show(): string {
    return `ok, CF ${this.cf}`;
  }
}

/** The nested fault of the instructions, or undefined. */
function faults(rmp: Rmp, { pfn, gpa, asid }: GuestPage, size: RmpPageSize): RmpFault | undefined {
  const owned = ownership(rmp, pfn, { asid, gpa });
  if (owned !== undefined) return new RmpFault('#NPF', owned.check, owned.why, ['RMP', 'ENC']);
  if (size !== RMP_PG_SIZE_2M && (rmp.lookup(pfn) as RmpEntry).page_size === RMP_PG_SIZE_2M) {
    const why =
      'The instruction asks for 4K and the entry is 2M: the host splits it with PSMASH and the guest tries again.';
    return new RmpFault('#NPF', 'Page-Size', why, ['RMP', 'ENC', 'SIZEM']);
  }
  return undefined;
}

const MISMATCH = 'The instruction asks for 2M and the entry is 4K: the guest goes on page by page.';

/** The guest accepts the page (`validate` 1) or gives it up (0). */
export function pvalidate(
  rmp: Rmp,
  page: GuestPage,
  size: RmpPageSize,
  validate: 0 | 1,
): Validated | RmpFail | RmpFault {
  if (page.vmpl !== 0) return new RmpFail('refused', 'PVALIDATE is for VMPL0; what another level gets was not found.');
  if (size === RMP_PG_SIZE_2M && page.gpa % REGION_BYTES !== 0) {
    return new RmpFail('FAIL_INPUT', 'A 2M page does not begin at this address.');
  }
  const fault = faults(rmp, page, size);
  if (fault !== undefined) return fault;
  const head = rmp.head(page.pfn);
  const entry = rmp.stored(head);
  if (entry.page_size !== size) return new RmpFail('FAIL_SIZEMISMATCH', MISMATCH);
  if (rmp.inUse(page.pfn)) return new RmpFail('FAIL_INUSE', 'Another processor is working on the entry.');
  if (entry.validated === validate) return new Validated(1);
  rmp.write(head, { ...entry, validated: validate });
  return new Validated(0);
}

/** The operand of RMPADJUST. */
export interface RmpAttributes {
  readonly target_vmpl: number;
  /** Permission mask for the target: VMPL_READ and so on. */
  readonly permissions: number;
  /** Counts only at VMPL0. */
  readonly vmsa?: 0 | 1;
}

/** Gives another level of the guest permissions on a page. */
export function rmpadjust(
  rmp: Rmp,
  page: GuestPage,
  size: RmpPageSize,
  attributes: RmpAttributes,
): 0 | RmpFail | RmpFault {
  const { target_vmpl: target, permissions, vmsa = 0 } = attributes;
  if (!Number.isInteger(target) || target < 0 || target > 3)
    return new RmpFail('FAIL_INPUT', 'There are VMPL0 to VMPL3.');
  if (target <= page.vmpl) {
    return new RmpFail(
      'FAIL_PERMISSION',
      `VMPL${page.vmpl} adjusts only levels with a higher number, not VMPL${target}.`,
    );
  }
  const fault = faults(rmp, page, size);
  if (fault !== undefined) return fault;
  const head = rmp.head(page.pfn);
  const entry = rmp.stored(head);
  // That this stands before the size is known from the formal model only.
  if (entry.validated === 0) {
    return new RmpFault('#VC', 'Validated', 'The guest has not validated this page.', [], {
      code: VC_PAGE_NOT_VALIDATED,
      cr2: page.gva,
    });
  }
  if (entry.page_size !== size) return new RmpFail('FAIL_SIZEMISMATCH', MISMATCH);
  const own = entry.permissions[page.vmpl as 0 | 1 | 2 | 3];
  if ((permissions & ~own) !== 0) {
    const why = `VMPL${page.vmpl} has ${permissionText(own)} itself and cannot give ${permissionText(permissions)}.`;
    return new RmpFail('FAIL_PERMISSION', why);
  }
  const adjusted: RmpEntry = { ...entry, permissions: withPermission(entry.permissions, target, permissions) };
  rmp.write(head, page.vmpl === 0 ? { ...adjusted, vmsa } : adjusted);
  return 0;
}

/** What RMPQUERY answers. */
export class RmpAnswer implements Showable {
  readonly permissions: number;
  readonly vmsa: 0 | 1;
  readonly page_size: RmpPageSize;

  constructor({ permissions, vmsa, page_size }: RmpEntry, target: number) {
    this.permissions = permissions[target as 0 | 1 | 2 | 3];
    this.vmsa = vmsa;
    this.page_size = page_size;
    Object.freeze(this);
  }

  show(): string {
    const size = this.page_size === RMP_PG_SIZE_2M ? '2M' : '4K';
    return `${permissionText(this.permissions)}, VMSA ${this.vmsa}, ${size}`;
  }
}

/**
 * Asks for mask, VMSA bit and size. The intrinsic's page gives codes 0 and 2 and no more was found; this model refuses a target
 * that is not above the caller, as RMPADJUST does.
 */
export function rmpquery(rmp: Rmp, page: GuestPage, target: number): RmpAnswer | RmpFail | RmpFault {
  if (!Number.isInteger(target) || target <= page.vmpl || target > 3) {
    return new RmpFail('FAIL_PERMISSION', `VMPL${page.vmpl} asks only about levels with a higher number.`);
  }
  const owned = ownership(rmp, page.pfn, page);
  if (owned !== undefined) return new RmpFault('#NPF', owned.check, owned.why, ['RMP', 'ENC']);
  return new RmpAnswer(rmp.lookup(page.pfn) as RmpEntry, target);
}
