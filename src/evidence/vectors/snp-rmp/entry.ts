/** An RMP entry as the rows write it, put into a table, and read back in the rows' words. */
import type { Rmp } from '../../../model/sev/rmp.ts';
import {
  HYPERVISOR_ENTRY,
  type Permissions,
  permissionText,
  REGION,
  RMP_PG_SIZE_2M,
  RMP_PG_SIZE_4K,
  type RmpEntry,
  VMPL_EXEC_SUPERVISOR,
  VMPL_EXEC_USER,
  VMPL_READ,
  VMPL_SSS,
  VMPL_WRITE,
} from '../../../model/sev/rmp-entry.ts';
import { PAGE } from '../../../model/units.ts';
import { CannotReplay } from '../../cannot-replay.ts';

/** `rmp` or `before` of a row. */
export interface RowEntry {
  readonly covered?: boolean;
  readonly assigned?: number;
  readonly asid?: number | 'self' | 'other';
  readonly immutable?: number;
  readonly page_size?: string;
  /** `match`, `mismatch`, `none`, or an address in hexadecimal. */
  readonly gpa?: string | number;
  readonly validated?: number;
  readonly vmsa?: number;
  readonly perms?: Readonly<Record<string, string>>;
  readonly in_use_by_other_cpu?: boolean;
}

/** The guest that a row is about, and another one. */
export const SELF = 5;
export const OTHER = 6;
/** Guest physical address of the 2 MiB region that the rows' page is part of. */
export const GPA = 0x4000_0000;
/** First page frame of the region. */
export const FIRST = 0x8_0000;
/** The page of a row is not the first of its region, so that a 2M entry is looked up and not met by chance. */
export const INDEX = 3;

const LETTERS: readonly (readonly [string, number])[] = [
  ['Sss', VMPL_SSS],
  ['Xu', VMPL_EXEC_USER],
  ['Xs', VMPL_EXEC_SUPERVISOR],
  ['R', VMPL_READ],
  ['W', VMPL_WRITE],
];

/** `RWXuXs` as a mask. */
export function permissionMask(letters: string): number {
  let mask = 0;
  let rest = letters;
  for (const [name, bit] of LETTERS) {
    if (!rest.includes(name)) continue;
    mask |= bit;
    rest = rest.replace(name, '');
  }
  if (rest !== '') throw new CannotReplay(`permissions '${letters}' are not of R, W, Xu, Xs, Sss`);
  return mask;
}

function permissions(perms: RowEntry['perms']): Permissions {
  return [0, 1, 2, 3].map((vmpl) => permissionMask(perms?.[`vmpl${vmpl}`] ?? '')) as unknown as Permissions;
}

export function sizeOf(name: string | undefined): typeof RMP_PG_SIZE_4K | typeof RMP_PG_SIZE_2M {
  if (name === undefined || name === '4K') return RMP_PG_SIZE_4K;
  if (name === '2M') return RMP_PG_SIZE_2M;
  throw new CannotReplay(`page size '${name}' is neither 4K nor 2M`);
}

export const bit = (value: number | undefined): 0 | 1 => (value === 1 ? 1 : 0);

export function asidOf(asid: RowEntry['asid']): number {
  if (asid === 'self') return SELF;
  return asid === 'other' ? OTHER : (asid ?? 0);
}

/** The guest address in the entry, for a page that is reached at `gpa`. */
function entryGpa(row: RowEntry, gpa: number): number {
  if (row.gpa === undefined || row.gpa === 'none') return 0;
  if (row.gpa === 'match') return gpa;
  if (row.gpa === 'mismatch') return gpa + 4 * REGION * PAGE;
  return Number(row.gpa);
}

/** Puts the entry of a row where it rules page frame `pfn`, which is reached at guest address `gpa` (bytes). */
export function place(rmp: Rmp, pfn: number, gpa: number, row: RowEntry): void {
  if (row.covered === false) return;
  const page_size = sizeOf(row.page_size);
  const large = page_size === RMP_PG_SIZE_2M;
  const head = large ? pfn - (pfn % REGION) : pfn;
  const entry: RmpEntry = {
    assigned: bit(row.assigned),
    page_size,
    immutable: bit(row.immutable),
    gpa: entryGpa(row, gpa - (pfn - head) * PAGE),
    asid: asidOf(row.asid),
    vmsa: bit(row.vmsa),
    validated: bit(row.validated),
    permissions: permissions(row.perms),
  };
  rmp.write(head, entry);
  for (let page = head + 1; large && page < head + REGION; page++) {
    rmp.write(page, { ...HYPERVISOR_ENTRY, assigned: entry.assigned });
  }
  if (row.in_use_by_other_cpu === true) rmp.hold(pfn);
}

/** Masks as the rows write them: levels without a permission are left out. */
export function permissionWords(masks: Permissions): string {
  const words = masks.flatMap((mask, vmpl) => (mask === 0 ? [] : [`vmpl${vmpl} ${permissionText(mask)}`]));
  return words.length === 0 ? 'none' : words.join(', ');
}

export const rowPermissionWords = (perms: RowEntry['perms']): string => permissionWords(permissions(perms));

/** An entry in words, for the title of a vector. */
export function entryWords(row: RowEntry): string {
  if (row.covered === false) return 'a page without RMP entry';
  const owner =
    row.assigned !== 1
      ? 'of the hypervisor'
      : row.asid === 'self'
        ? 'of this guest'
        : row.asid === 0
          ? 'of the firmware'
          : 'of another guest';
  const more = [
    row.immutable === 1 && 'immutable',
    row.assigned === 1 && row.asid !== 0 && (row.validated === 1 ? 'validated' : 'not validated'),
    row.gpa === 'mismatch' && 'other gPA',
    row.vmsa === 1 && 'save area',
    row.in_use_by_other_cpu === true && 'in use',
  ].filter((word) => word !== false);
  return `${row.page_size ?? '4K'} page ${owner}${more.length === 0 ? '' : ` (${more.join(', ')})`}`;
}
