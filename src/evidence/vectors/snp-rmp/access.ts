/** One memory access against one RMP entry: outcome, the bits of the error code that a row settles, and what a read gives. */
import { hostAccess, plainGuestAccess, Rmp, type RmpFault, snpGuestAccess } from '../../../model/index.ts';
import { HYPERVISOR_ENTRY } from '../../../model/sev/rmp-entry.ts';
import { FAULT_BITS, type FaultBit } from '../../../model/sev/rmp-fault.ts';
import { PAGE } from '../../../model/units.ts';
import { CannotReplay } from '../../cannot-replay.ts';
import { compareFields, type VectorReport } from '../vector.ts';
import { type AccessRow, cBit } from './access-row.ts';
import { data } from './data.ts';
import { entryWords, FIRST, GPA, INDEX, OTHER, place, SELF } from './entry.ts';
import { sourceOf } from './row.ts';

const PFN = FIRST + INDEX;
const TARGET = GPA + INDEX * PAGE;
/** Any virtual address that is not the physical one. */
const GVA = 0x7f00_0000_0123;

function table(row: AccessRow): Rmp {
  const covered = row.rmp.covered !== false && (row.mode ?? 'snp') === 'snp';
  const rmp = new Rmp(covered ? (FIRST + 1024) * PAGE : 0);
  if (!covered) return rmp;
  if (row.other_4k_in_2m_region_assigned === true) {
    rmp.write(FIRST + INDEX + 4, { ...HYPERVISOR_ENTRY, assigned: 1, asid: OTHER, gpa: GPA });
  }
  place(rmp, PFN, TARGET, row.rmp);
  return rmp;
}

function access(rmp: Rmp, row: AccessRow): RmpFault | undefined {
  const { map_level, vmpl = 0, cpl = 0 } = row;
  switch (row.actor) {
    case 'host':
      return hostAccess(rmp, PFN, { access: row.access, map_level });
    case 'guest-not-snp':
    case 'guest-sev':
      return plainGuestAccess(rmp, PFN, { access: row.access, map_level });
    case 'guest-snp': {
      const asked = { access: row.access, map_level, asid: SELF, gva: GVA, gpa: TARGET, c_bit: cBit(row), vmpl, cpl };
      return snpGuestAccess(rmp, PFN, asked);
    }
    default:
      throw new CannotReplay(`nobody is called '${row.actor}'`);
  }
}

/** What happened: an entry in use may fault once, and has to be passed when it is tried again after its release. */
function outcome(rmp: Rmp, row: AccessRow, fault: RmpFault | undefined): string {
  if (row.rmp.in_use_by_other_cpu !== true) return fault?.kind ?? 'allow';
  rmp.release(PFN);
  const again = access(rmp, row);
  if (fault?.check === 'entry in use') return again === undefined ? `allow-or-${fault.kind}-retry` : again.kind;
  return fault?.kind ?? 'allow';
}

/** A bit of the error code by its number; one that the model has no name for is not set. */
function bitWords(fault: RmpFault | undefined, number: number): string {
  const name = (Object.keys(FAULT_BITS) as FaultBit[]).find((one) => FAULT_BITS[one] === number);
  return name !== undefined && fault?.has(name) === true ? 'set' : 'clear';
}

export function accessVector(row: AccessRow): VectorReport {
  const rmp = table(row);
  const fault = access(rmp, row);
  const { expect } = row;
  const bits = [
    ...(expect.error_bits_set ?? []).map((number) => [number, 'set'] as const),
    ...(expect.error_bits_clear ?? []).map((number) => [number, 'clear'] as const),
  ];
  const c = row.c_bit === undefined ? '' : `, C=${row.c_bit}`;
  const level = row.actor === 'guest-snp' && row.vmpl !== undefined && row.vmpl > 0 ? ` at VMPL${row.vmpl}` : '';
  return {
    title: `${row.actor.replaceAll('-', ' ')}${level}: ${row.access.replaceAll('-', ' ')}${c}, mapped ${row.map_level}; ${entryWords(row.rmp)}${row.vtom === undefined ? '' : `, ${row.vtom}`}`,
    ...compareFields([
      { field: 'outcome', expected: expect.outcome, found: outcome(rmp, row, fault) },
      ...bits.map(([number, expected]) => ({ field: `bit ${number}`, expected, found: bitWords(fault, number) })),
      ...(expect.error_code === undefined
        ? []
        : [
            {
              field: 'code',
              expected: expect.error_code,
              found: fault?.code === undefined ? undefined : `0x${fault.code.toString(16)}`,
            },
          ]),
      ...(expect.cr2 === undefined
        ? []
        : [
            {
              field: 'CR2',
              expected: expect.cr2,
              found: fault?.cr2 === GVA ? 'faulting guest virtual address' : String(fault?.cr2),
            },
          ]),
      ...(expect.data === undefined ? [] : [{ field: 'data', expected: expect.data, found: data(row) }]),
    ]),
    ...sourceOf(row),
  };
}
