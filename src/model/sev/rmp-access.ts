/**
 * The checks that the RMP adds to a memory access, in their order. AMD APM vol. 2, 15.36.10, Table 15-39, read through public
 * notes (freelancer-leon/notes, arch/amd/sev/apm-sev.md) and compared with the formal model of microsoft/verismo. They come
 * after the page tables' own checks.
 */

import type { Rmp } from './rmp.ts';
import {
  REGION_BYTES,
  RMP_PG_SIZE_2M,
  type RmpEntry,
  VMPL_EXEC_SUPERVISOR,
  VMPL_EXEC_USER,
  VMPL_READ,
  VMPL_WRITE,
} from './rmp-entry.ts';
import { type FaultBit, RmpFault, VC_PAGE_NOT_VALIDATED } from './rmp-fault.ts';

export type Access = 'data-read' | 'data-write' | 'fetch' | 'page-table-access' | 'accessed-dirty-update';
/** Size of the page that the host page table or the nested page table maps. */
export type MapLevel = '4K' | '2M' | '1G';

/** Who makes an access that is not that of an SNP guest to its private memory. */
interface OutsideAccess {
  readonly access: Access;
  readonly map_level: MapLevel;
}

export interface GuestAccess extends OutsideAccess {
  readonly asid: number;
  /** Guest virtual address in bytes. */
  readonly gva: number;
  /** Translated guest physical address in bytes. */
  readonly gpa: number;
  /** The C-bit of the guest's page table, or what VIRTUAL_TOM makes of the address. */
  readonly c_bit: 0 | 1;
  readonly vmpl: number;
  readonly cpl: number;
}

/** Writes, and page-table accesses, which count as writes where ownership is asked for. */
const asks = (access: Access): boolean => access !== 'data-read' && access !== 'fetch';

/** Hypervisor-Owned. A larger mapping counts as the 2 MiB region that holds the address; an accessed or dirty bit as 4 KiB. */
function hypervisorOwned(rmp: Rmp, pfn: number, { access, map_level }: OutsideAccess): string | undefined {
  const entry = rmp.lookup(pfn);
  if (entry === undefined) return undefined;
  if (entry.assigned === 1) return 'The page is assigned: only its owner may write to it.';
  if (map_level !== '4K' && access !== 'accessed-dirty-update' && rmp.regionAssigned(pfn)) {
    return `The page is the hypervisor's, but the ${map_level} mapping makes its whole 2M region count, and another page of it is assigned.`;
  }
  return undefined;
}

const BUSY =
  'Another processor is working on the entry, so the access may fault although the state allows it; it is tried again.';

/** An access of the host. Undefined where it is allowed; reads and fetches are not checked at all. */
export function hostAccess(rmp: Rmp, pfn: number, access: OutsideAccess): RmpFault | undefined {
  return outside(rmp, pfn, access, '#PF');
}

/** An access of a guest that is not an SNP guest: a plain one, SEV or SEV-ES. */
export function plainGuestAccess(rmp: Rmp, pfn: number, access: OutsideAccess): RmpFault | undefined {
  return outside(rmp, pfn, access, '#NPF');
}

function outside(rmp: Rmp, pfn: number, access: OutsideAccess, kind: '#PF' | '#NPF'): RmpFault | undefined {
  if (!asks(access.access) || !rmp.covers(pfn)) return undefined;
  const why = hypervisorOwned(rmp, pfn, access);
  if (why !== undefined) return new RmpFault(kind, 'Hypervisor-Owned', why, ['RMP']);
  return rmp.inUse(pfn) ? new RmpFault(kind, 'entry in use', BUSY, ['RMP']) : undefined;
}

/** Fetches and page-table accesses are private whatever the page table says. */
export function effectiveCBit({ access, c_bit }: Pick<GuestAccess, 'access' | 'c_bit'>): 0 | 1 {
  return access === 'data-read' || access === 'data-write' ? c_bit : 1;
}

/** An access of an SNP guest. Undefined where it is allowed. */
export function snpGuestAccess(rmp: Rmp, pfn: number, access: GuestAccess): RmpFault | undefined {
  if (effectiveCBit(access) === 0) return outside(rmp, pfn, access, '#NPF');
  const npf = (check: RmpFault['check'], why: string, ...more: FaultBit[]) =>
    new RmpFault('#NPF', check, why, ['RMP', 'ENC', ...more]);
  const owned = ownership(rmp, pfn, access);
  if (owned !== undefined) return npf(owned.check, owned.why);
  const entry = rmp.lookup(pfn) as RmpEntry;
  // An accessed or dirty bit is set in 4 KiB whatever the level.
  const level = access.access === 'accessed-dirty-update' ? undefined : access.map_level;
  if (level !== undefined && (level === '4K') === (entry.page_size === RMP_PG_SIZE_2M)) {
    const own = entry.page_size === RMP_PG_SIZE_2M ? '2M' : '4K';
    return npf('Page-Size', `The nested page table maps the page as ${level}, the RMP entry is ${own}.`);
  }
  if (rmp.inUse(pfn)) return npf('entry in use', BUSY);
  if (entry.validated === 0) {
    const why = 'The guest has not validated this page: it gets the exception itself, before it sees a byte.';
    return new RmpFault('#VC', 'Validated', why, [], { code: VC_PAGE_NOT_VALIDATED, cr2: access.gva });
  }
  const denied = deniedByVmpl(entry, access);
  return denied === undefined ? undefined : npf('VMPL', denied, 'VMPL');
}

/**
 * The checks that say whose page it is and where it may appear: RMP-Covered, Guest-Owned, Reverse-Map, Mutable. PVALIDATE,
 * RMPADJUST and VMRUN make them too.
 */
export function ownership(
  rmp: Rmp,
  pfn: number,
  { asid, gpa }: Pick<GuestAccess, 'asid' | 'gpa'>,
): { readonly check: RmpFault['check']; readonly why: string } | undefined {
  const entry = rmp.lookup(pfn);
  if (entry === undefined) {
    return { check: 'RMP-Covered', why: 'The table has no entry for this page: it is never a guest’s.' };
  }
  if (entry.asid !== asid || entry.assigned === 0) {
    const owner =
      entry.assigned === 0 ? 'the hypervisor' : entry.asid === 0 ? 'the firmware' : `the guest of ASID ${entry.asid}`;
    return { check: 'Guest-Owned', why: `The page belongs to ${owner}, not to the guest of ASID ${asid}.` };
  }
  const size = entry.page_size === RMP_PG_SIZE_2M ? REGION_BYTES : 4096;
  if (entry.gpa !== gpa - (gpa % size)) {
    return {
      check: 'Reverse-Map',
      why: `The page may appear at guest address 0x${rmp.gpa(pfn).toString(16)} only, and was reached at 0x${gpa.toString(16)}.`,
    };
  }
  if (entry.immutable === 1)
    return { check: 'Mutable', why: 'The entry is immutable: the page is in the hands of the firmware.' };
  return undefined;
}

function needs({ access, cpl }: GuestAccess): number {
  if (access === 'data-write' || access === 'accessed-dirty-update') return VMPL_READ | VMPL_WRITE;
  if (access === 'fetch') return cpl === 3 ? VMPL_EXEC_USER : VMPL_EXEC_SUPERVISOR;
  return VMPL_READ;
}

/** A mask with write but without read denies everything. */
function deniedByVmpl({ permissions }: RmpEntry, access: GuestAccess): string | undefined {
  const mask = permissions[access.vmpl as 0 | 1 | 2 | 3] ?? 0;
  if ((mask & VMPL_WRITE) !== 0 && (mask & VMPL_READ) === 0) {
    return `The mask of VMPL${access.vmpl} has write without read, which denies every access.`;
  }
  const wanted = needs(access);
  if ((mask & wanted) === wanted) return undefined;
  return `The permission mask of VMPL${access.vmpl} does not allow this ${access.access.replaceAll('-', ' ')}.`;
}
