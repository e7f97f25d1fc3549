/** RMPUPDATE, PSMASH, PVALIDATE, RMPADJUST, RMPQUERY: the entry before, the operands, what EAX and CF say, the entry after. */
import { Rmp, RmpFail, RmpFault, Validated } from '../../../model/index.ts';
import { pageState } from '../../../model/sev/page-state.ts';
import { HYPERVISOR_ENTRY, REGION, REGION_BYTES, RMP_PG_SIZE_2M, type RmpEntry } from '../../../model/sev/rmp-entry.ts';
import { FAULT_BITS, type FaultBit } from '../../../model/sev/rmp-fault.ts';
import { type GuestPage, pvalidate, rmpadjust, rmpquery } from '../../../model/sev/rmp-guest.ts';
import { psmash, rmpupdate } from '../../../model/sev/rmp-host.ts';
import { PAGE } from '../../../model/units.ts';
import { CannotReplay } from '../../cannot-replay.ts';
import { compareFields, type VectorReport } from '../vector.ts';
import {
  asidOf,
  bit,
  entryWords,
  FIRST,
  GPA,
  permissionMask,
  permissionWords,
  place,
  type RowEntry,
  rowPermissionWords,
  SELF,
  sizeOf,
} from './entry.ts';
import { sourceOf } from './row.ts';

interface Request {
  readonly assigned?: number;
  readonly asid?: RowEntry['asid'];
  readonly gpa?: string;
  readonly page_size?: string;
  readonly immutable?: number;
  /** An address, or a place in words; the first page of the region where nothing is said. */
  readonly spa?: string;
  readonly validate?: number;
  readonly current_vmpl?: number;
  readonly target_vmpl?: number;
  readonly perms?: string;
  readonly vmsa?: number;
}

interface InstructionRow {
  readonly instruction: string;
  readonly before: RowEntry;
  readonly request: Request;
  readonly expect: {
    readonly eax?: number | string;
    readonly name?: string;
    readonly cf?: number;
    readonly exit?: string;
    readonly error_bits_set?: readonly number[];
    readonly error_bits_clear?: readonly number[];
  };
  readonly after?: string | (RowEntry & { readonly entries_1_to_511?: string });
  readonly sources?: readonly string[];
}

/** Physical address of the operand, bytes. */
function operand({ spa }: Request): number {
  const first = FIRST * PAGE;
  if (spa === undefined || /^(first 4K|2M aligned)/.test(spa)) return first;
  if (spa.startsWith('0x')) return Number(spa);
  if (/^(second 4K|not 2M aligned)/.test(spa)) return first + PAGE;
  throw new CannotReplay(`the place '${spa}' is not known`);
}

type Answer = 0 | RmpFail | RmpFault | Validated | object;

function execute(rmp: Rmp, row: InstructionRow, spa: number): Answer {
  const { request } = row;
  const size = sizeOf(request.page_size);
  const gpa = GPA + (spa % REGION_BYTES);
  const page: GuestPage = { pfn: spa / PAGE, gva: gpa, gpa, asid: SELF, vmpl: request.current_vmpl ?? 0 };
  switch (row.instruction) {
    case 'RMPUPDATE':
      return rmpupdate(rmp, spa, {
        assigned: bit(request.assigned),
        asid: asidOf(request.asid),
        gpa: Number(request.gpa ?? 0),
        pagesize: size,
        immutable: bit(request.immutable),
      });
    case 'PSMASH':
      return psmash(rmp, spa);
    case 'PVALIDATE':
      return pvalidate(rmp, page, size, bit(request.validate));
    case 'RMPADJUST':
      return rmpadjust(rmp, page, size, {
        target_vmpl: request.target_vmpl ?? 0,
        permissions: permissionMask(request.perms ?? ''),
        vmsa: bit(request.vmsa),
      });
    case 'RMPQUERY':
      return rmpquery(rmp, page, request.target_vmpl ?? 0);
    default:
      throw new CannotReplay(`there is no model of the instruction ${row.instruction}`);
  }
}

function eaxWords(answer: Answer, expected: number | string | undefined): string {
  if (answer instanceof RmpFault) return answer.kind;
  const eax = answer instanceof RmpFail ? answer.eax : 0;
  if (expected === 'nonzero') return eax === 0 ? '0' : 'nonzero';
  return eax === undefined ? 'refused, code not documented' : String(eax);
}

const hasBit = (answer: Answer, number: number): string => {
  const name = (Object.keys(FAULT_BITS) as FaultBit[]).find((one) => FAULT_BITS[one] === number);
  return answer instanceof RmpFault && name !== undefined && answer.has(name) ? 'set' : 'clear';
};

type Fields = Parameters<typeof compareFields>[0][number];

/** A field of an entry in words. */
function fieldWords(entry: RmpEntry, field: string): string {
  if (field === 'perms') return permissionWords(entry.permissions);
  if (field === 'page_size') return entry.page_size === RMP_PG_SIZE_2M ? '2M' : '4K';
  if (field === 'gpa') return `0x${entry.gpa.toString(16)}`;
  return String(entry[field as 'assigned' | 'asid' | 'immutable' | 'validated' | 'vmsa']);
}

const ALONE: RmpEntry = { ...HYPERVISOR_ENTRY, assigned: 1 };
const equal = (a: RmpEntry, b: RmpEntry): boolean => JSON.stringify(sorted(a)) === JSON.stringify(sorted(b));
const sorted = (entry: RmpEntry) => Object.entries(entry).sort(([a], [b]) => (a < b ? -1 : 1));

/** The entries of the region after PSMASH, as one sentence of the row's form. */
function smashed(rmp: Rmp, first: number, before: RmpEntry, expected: string): string {
  for (let i = 0; i < REGION; i++) {
    const { gpa, page_size, ...rest } = rmp.stored(first + i);
    const { gpa: base, page_size: _size, ...old } = before;
    const same = equal({ ...rest, gpa: 0, page_size: 0 }, { ...old, gpa: 0, page_size: 0 });
    if (page_size === RMP_PG_SIZE_2M || gpa !== base + i * PAGE || !same) return `entry ${i} is another`;
  }
  if (expected.startsWith('512 entries with validated=')) return `512 entries with validated=${before.validated}`;
  return '512 entries: page_size 4K, consecutive gPA, validated and all other fields as before';
}

/** The entry afterwards: field by field, or in the row's words, each of which names a rule. */
function after(rmp: Rmp, row: InstructionRow, pfn: number, before: RmpEntry): Fields[] {
  const expected = row.after;
  if (expected === undefined) return [];
  const head = rmp.head(pfn);
  const entry = rmp.stored(head);
  if (typeof expected !== 'string') {
    const { entries_1_to_511: others, ...fields } = expected;
    const alone = Array.from({ length: REGION - 1 }, (_one, i) => rmp.stored(head + 1 + i)).every((one) =>
      equal(one, ALONE),
    );
    return [
      ...Object.entries(fields).map(([field, value]) => ({
        field: `then ${field}`,
        expected: field === 'perms' ? rowPermissionWords(value as RowEntry['perms']) : String(value),
        found: fieldWords(entry, field),
      })),
      ...(others === undefined
        ? []
        : [
            {
              field: 'then entries 1 to 511',
              expected: others,
              found: alone ? 'only assigned=1 set' : 'something else',
            },
          ]),
    ];
  }
  const found = expected.startsWith('512 entries')
    ? smashed(rmp, pfn, before, expected)
    : expected.startsWith('all fields zero')
      ? equal(entry, HYPERVISOR_ENTRY)
        ? `all fields zero (${pageState(entry)})`
        : 'not all fields zero'
      : expected.endsWith(' state')
        ? `${pageState(entry)} state`
        : undefined;
  if (found === undefined) throw new CannotReplay(`what comes after is not understood: '${expected}'`);
  return [{ field: 'then', expected, found }];
}

function title({ instruction, before, request }: InstructionRow): string {
  const operands = Object.entries(request).map(
    ([name, value]) => `${name.replaceAll('_', ' ')} ${value === '' ? 'none' : value}`,
  );
  return `${instruction} on a ${entryWords(before)}: ${operands.join(', ')}`;
}

export function instructionVector(row: InstructionRow): VectorReport {
  // A page that is not covered lies above RMP_END.
  const rmp = new Rmp(row.before.covered === false ? PAGE : (FIRST + 1024) * PAGE);
  const spa = operand(row.request);
  const pfn = Math.floor(spa / PAGE);
  place(rmp, pfn, GPA + (spa % REGION_BYTES), row.before);
  const before = rmp.stored(rmp.head(pfn));
  const answer = execute(rmp, row, spa);
  const { expect } = row;
  const fields: Fields[] = [];
  if (expect.eax !== undefined)
    fields.push({ field: 'EAX', expected: String(expect.eax), found: eaxWords(answer, expect.eax) });
  if (expect.name !== undefined) {
    fields.push({ field: 'name', expected: expect.name, found: answer instanceof RmpFail ? answer.name : 'completed' });
  }
  if (expect.cf !== undefined) {
    fields.push({
      field: 'CF',
      expected: String(expect.cf),
      found: answer instanceof Validated ? String(answer.cf) : undefined,
    });
  }
  if (expect.exit !== undefined) {
    fields.push({
      field: 'exit',
      expected: expect.exit,
      found: answer instanceof RmpFault ? answer.kind : 'completed',
    });
  }
  for (const number of expect.error_bits_set ?? []) {
    fields.push({ field: `bit ${number}`, expected: 'set', found: hasBit(answer, number) });
  }
  for (const number of expect.error_bits_clear ?? []) {
    fields.push({ field: `bit ${number}`, expected: 'clear', found: hasBit(answer, number) });
  }
  return { title: title(row), ...compareFields([...fields, ...after(rmp, row, pfn, before)]), ...sourceOf(row) };
}
