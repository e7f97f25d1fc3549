/** Runs a list of regions: as KVM does, page by page, and with all pages of a region added before any of it is measured. */
import type { Digest } from '../../model/digest.ts';
import { Errno } from '../../model/errno.ts';
import { TdBuild } from '../../model/tdx/build.ts';
import { shifted } from '../../model/tdx/content.ts';
import type { MeasuredCall } from '../../model/tdx/measurement.ts';
import type { CallOrder } from '../../model/tdx/order.ts';
import { KVM_TDX_MEASURE_MEMORY_REGION, kvm_tdx_init_mem_region } from '../../model/tdx/regions.ts';
import { PAGE } from '../../model/units.ts';
import type { RegionEntry, RegionsDocument } from './document.ts';

export interface RegionAnswer {
  readonly entry: number;
  readonly gpa: bigint;
  readonly nr_pages: number;
  readonly measure: boolean;
  readonly result: 0 | Errno;
  readonly digest: Digest;
}

export interface RegionsResult {
  /** Of KVM's order. */
  readonly answers: readonly RegionAnswer[];
  readonly mrtd: Digest;
  readonly orders: Readonly<Record<CallOrder, Digest>>;
  readonly counts: Readonly<Record<MeasuredCall, number>>;
}

export function runRegions({ gpaw, entries }: RegionsDocument): RegionsResult {
  const td = new TdBuild({ gpaw });
  const answers = entries.map((entry, index): RegionAnswer => {
    const { gpa, nr_pages, measure, source } = entry;
    const flags = measure ? KVM_TDX_MEASURE_MEMORY_REGION : 0;
    const result = kvm_tdx_init_mem_region(td, { gpa, nr_pages, flags, source });
    return { entry: index, gpa, nr_pages, measure, result, digest: td.digest };
  });
  const done = (op: string): number =>
    td.trace.events.filter((event) => event.op === op && event.result === 'TDX_SUCCESS').length;
  const counts = { 'MEM.PAGE.ADD': done('tdh_mem_page_add'), 'MR.EXTEND': done('tdh_mr_extend') };
  td.tdh_mr_finalize();
  const other = new TdBuild({ gpaw });
  for (const [index, entry] of entries.entries()) {
    if (!(answers[index]?.result instanceof Errno)) addsFirst(other, entry);
  }
  other.tdh_mr_finalize();
  return { answers, mrtd: td.digest, orders: { interleaved: td.digest, 'two-pass': other.digest }, counts };
}

function addsFirst(td: TdBuild, { gpa, nr_pages, measure, source }: RegionEntry): void {
  for (let page = 0; page < nr_pages; page++) {
    td.tdh_mem_page_add(gpa + BigInt(page * PAGE), shifted(source, page * PAGE));
  }
  for (let page = 0; measure && page < nr_pages; page++) td.extendPage(gpa + BigInt(page * PAGE));
}
