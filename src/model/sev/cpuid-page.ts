/**
 * The CPUID page: a table of what the hypervisor says CPUID will answer, which the firmware checks before the guest
 * may trust it.
 *
 * Layout: count (32 bits), reserved (32), reserved (64), then entries of 48 bytes: eax_in, ecx_in (32 each), xcr0_in,
 * xss_in (64 each), eax, ebx, ecx, edx (32 each), reserved (64). Source: amd/AMD-ASPFW 1.55.25, cpuid_lookup.c and
 * sev_mcmd.h, source read. Which values a leaf may show depends on the processor: the firmware has a table of rules
 * (mask, exact, at most) for each leaf that it knows, and a leaf that it does not know must be zero. The model has the list
 * of known leaves and takes what the processor has as bit masks for those that its caller names; of the other known
 * leaves it compares no value.
 */
import { FirmwareStatus, SUCCESS } from './status.ts';

/** What one leaf may show: a bit that is clear here must be clear in the table. */
export interface CpuidLeaf {
  readonly eax_in: number;
  readonly ecx_in?: number;
  readonly eax?: number;
  readonly ebx?: number;
  readonly ecx?: number;
  readonly edx?: number;
}

const MOST_ENTRIES = 64;
const HEADER = 16;
const ENTRY = 48;
/** Leaves outside of the standard and the extended range are the hypervisor's own and are not checked. */
const checked = (leaf: number): boolean => leaf <= 0xffff || (leaf >= 0x80000000 && leaf <= 0x8000ffff);

const range = (first: number, last: number): number[] =>
  Array.from({ length: last - first + 1 }, (_, index) => first + index);

/** Leaves that the firmware's table knows, with their subleaves; subleaf 0 where none are named. Firmware 1.55.25. */
const KNOWN: ReadonlyMap<number, readonly number[]> = new Map<number, readonly number[]>([
  ...[0, 1, 2, 4, 5, 6].map((leaf) => [leaf, [0]] as const),
  [0x7, [0, 1]],
  [0xb, [0, 1, 2]],
  [0xd, [0, 1, 2, 5, 6, 7, 9, 0xb, 0xc]],
  [0xf, [0, 1]],
  [0x10, [0, 1]],
  ...[...range(0, 8), 0xa, 0x19, 0x1a, 0x1b, 0x1e, 0x1f, 0x21, 0x22, 0x23].map(
    (leaf) => [0x80000000 + leaf, [0]] as const,
  ),
  [0x8000001d, range(0, 4)],
  [0x80000020, range(0, 3)],
  [0x80000024, [0, 1]],
  [0x80000026, range(0, 3)],
]);

const NOTHING: Omit<CpuidLeaf, 'eax_in'> = { eax: 0, ebx: 0, ecx: 0, edx: 0 };

const REGISTERS = [
  ['eax', 24],
  ['ebx', 28],
  ['ecx', 32],
  ['edx', 36],
] as const;

/** What the check of a table came to. */
export interface CpuidVerdict {
  readonly status: FirmwareStatus;
  /** The table with allowed values, as the firmware writes it back in the clear; absent where it writes nothing. */
  readonly corrected?: Uint8Array;
}

/** Checks a table as SNP_LAUNCH_UPDATE does. `processor` names the leaves that are compared. */
export function checkCpuidPage(page: Uint8Array, processor: readonly CpuidLeaf[] = []): CpuidVerdict {
  const view = new DataView(page.buffer, page.byteOffset, page.byteLength);
  const count = view.getUint32(0, true);
  if (view.getUint32(4, true) !== 0 || view.getBigUint64(8, true) !== 0n) {
    return {
      status: new FirmwareStatus('INVALID_PARAM', 'A reserved field in the head of the CPUID table is not zero.'),
    };
  }
  if (count > MOST_ENTRIES) {
    return {
      status: new FirmwareStatus(
        'INVALID_PARAM',
        `The CPUID table says it has ${count} entries; ${MOST_ENTRIES} is the most.`,
      ),
    };
  }
  const corrected = page.slice();
  const out = new DataView(corrected.buffer);
  const complaints: string[] = [];
  for (let index = 0; index < count; index++) {
    const at = HEADER + index * ENTRY;
    const leaf = view.getUint32(at, true);
    const subleaf = view.getUint32(at + 4, true);
    if (!checked(leaf)) continue;
    if (view.getBigUint64(at + 40, true) !== 0n)
      complaints.push(`entry ${index} has a reserved field that is not zero`);
    const named = processor.find(({ eax_in, ecx_in = 0 }) => eax_in === leaf && ecx_in === subleaf);
    const known = KNOWN.get(leaf)?.includes(subleaf) === true;
    const allowed = named ?? (known ? undefined : NOTHING);
    if (allowed === undefined) continue;
    for (const [name, offset] of REGISTERS) {
      const value = view.getUint32(at + offset, true);
      const kept = (value & (allowed[name] ?? 0xffffffff)) >>> 0;
      if (kept === value) continue;
      out.setUint32(at + offset, kept, true);
      complaints.push(`leaf 0x${leaf.toString(16)} shows in ${name} what the processor does not have`);
    }
  }
  if (complaints.length === 0) return { status: SUCCESS };
  return {
    status: new FirmwareStatus('INVALID_PARAM', `The CPUID table is refused: ${complaints.join('; ')}.`),
    corrected,
  };
}

/** A CPUID page from its entries; what is not given is 0. Units: register values. */
export function cpuidPage(entries: readonly CpuidLeaf[]): Uint8Array {
  const page = new Uint8Array(4096);
  const view = new DataView(page.buffer);
  view.setUint32(0, entries.length, true);
  for (const [index, entry] of entries.slice(0, MOST_ENTRIES).entries()) {
    const at = HEADER + index * ENTRY;
    view.setUint32(at, entry.eax_in, true);
    view.setUint32(at + 4, entry.ecx_in ?? 0, true);
    for (const [name, offset] of REGISTERS) view.setUint32(at + offset, entry[name] ?? 0, true);
  }
  return page;
}
