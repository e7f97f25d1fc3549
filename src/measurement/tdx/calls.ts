/** Runs a list of calls as it stands, and puts the ones that were measured into each of the two known orders. */
import type { Digest } from '../../model/digest.ts';
import { TdBuild } from '../../model/tdx/build.ts';
import { type MeasuredCall, Measurement } from '../../model/tdx/measurement.ts';
import type { CallOrder } from '../../model/tdx/order.ts';
import { TDX_SUCCESS, type TdxStatus } from '../../model/tdx/status.ts';
import type { CallEntry, CallName, CallsDocument } from './document.ts';

/** What an entry answered: the first refusal of its calls, or success, and the digest behind its last call. */
export interface CallAnswer {
  readonly entry: number;
  readonly call: CallName;
  readonly gpa: bigint;
  readonly count: number;
  readonly status: TdxStatus;
  readonly digest: Digest;
}

/** A call that entered the measurement. */
interface Measured {
  readonly call: MeasuredCall;
  readonly gpa: bigint;
  readonly chunk?: Uint8Array;
}

export interface CallsResult {
  readonly answers: readonly CallAnswer[];
  /** With the TDH.MR.FINALIZE that follows the last call where none is listed. */
  readonly mrtd: Digest;
  readonly orders: Readonly<Record<CallOrder, Digest>>;
  readonly counts: Readonly<Record<MeasuredCall, number>>;
}

export function runCalls({ gpaw, entries }: CallsDocument): CallsResult {
  const td = new TdBuild({ gpaw });
  const measured: Measured[] = [];
  const answers = entries.map((entry, index): CallAnswer => {
    let status = TDX_SUCCESS;
    for (let i = 0; i < entry.count; i++) {
      const gpa = entry.gpa + BigInt(i) * entry.stride;
      const chunk = entry.call === 'MR.EXTEND' ? td.chunk(gpa) : undefined;
      const one = makeCall(td, entry, gpa);
      if (!one.error) note(measured, entry.call, gpa, chunk);
      if (one.name !== 'TDX_SUCCESS' && status === TDX_SUCCESS) status = one;
    }
    const { call, gpa, count } = entry;
    return { entry: index, call, gpa, count, status, digest: td.digest };
  });
  const count = (call: MeasuredCall): number => measured.filter((one) => one.call === call).length;
  return {
    answers,
    mrtd: td.digest,
    orders: { interleaved: digestOf(interleaved(measured)), 'two-pass': digestOf(addsFirst(measured)) },
    counts: { 'MEM.PAGE.ADD': count('MEM.PAGE.ADD'), 'MR.EXTEND': count('MR.EXTEND') },
  };
}

function makeCall(td: TdBuild, entry: CallEntry, gpa: bigint): TdxStatus {
  switch (entry.call) {
    case 'MEM.PAGE.ADD':
      return td.tdh_mem_page_add(gpa, entry.page(gpa), entry.target_of);
    case 'MR.EXTEND':
      return td.tdh_mr_extend(gpa);
    case 'MR.FINALIZE':
      td.vcpus = entry.vcpus;
      return td.tdh_mr_finalize();
    case 'MEM.SEPT.ADD':
      return td.tdh_mem_sept_add(gpa, entry.level);
    case 'MEM.PAGE.REMOVE':
      return td.tdh_mem_page_remove(gpa);
    case 'MEM.PAGE.AUG':
      return td.tdh_mem_page_aug(gpa);
    case 'MEM.PAGE.RELOCATE':
      return td.tdh_mem_page_relocate(gpa);
    case 'MEM.RANGE.BLOCK':
      return td.tdh_mem_range_block(gpa);
    case 'MEM.RANGE.UNBLOCK':
      return td.tdh_mem_range_unblock(gpa);
  }
}

function note(measured: Measured[], call: CallName, gpa: bigint, chunk: Uint8Array | undefined): void {
  if (call === 'MEM.PAGE.ADD') measured.push({ call, gpa });
  if (call === 'MR.EXTEND' && chunk !== undefined) measured.push({ call, gpa, chunk });
}

/** Each page in the order in which it was added, and behind it what was measured of it before it was added again. */
function interleaved(measured: readonly Measured[]): Measured[] {
  const groups: Measured[][] = [];
  const latest = new Map<bigint, Measured[]>();
  for (const one of measured) {
    const page = one.gpa >> 12n;
    if (one.call === 'MEM.PAGE.ADD') {
      const group = [one];
      groups.push(group);
      latest.set(page, group);
    } else latest.get(page)?.push(one);
  }
  return groups.flat();
}

const addsFirst = (measured: readonly Measured[]): Measured[] => [
  ...measured.filter(({ call }) => call === 'MEM.PAGE.ADD'),
  ...measured.filter(({ call }) => call === 'MR.EXTEND'),
];

function digestOf(measured: readonly Measured[]): Digest {
  const measurement = new Measurement();
  for (const { gpa, chunk } of measured) {
    if (chunk === undefined) measurement.page_add(gpa);
    else measurement.extend(gpa, chunk);
  }
  return measurement.close();
}
