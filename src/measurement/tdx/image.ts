/**
 * What programs make of one firmware image, each with the rules that it was seen to follow (facts of the vectors in
 * content/evidence/tdx_mrtd; QEMU was read, the others were run).
 */
import type { Digest } from '../../model/digest.ts';
import { gpaHex, TdBuild } from '../../model/tdx/build.ts';
import type { MeasuredCall } from '../../model/tdx/measurement.ts';
import type { CallOrder } from '../../model/tdx/order.ts';
import {
  TDVF_SECTION_ATTRIBUTES_MR_EXTEND,
  TDVF_SECTION_ATTRIBUTES_PAGE_AUG,
  type Tdvf,
  type TdvfSection,
} from '../../model/tdx/tdvf.ts';
import { build_tdvf, type TdvfPolicy } from '../../model/tdx/tdvf-build.ts';
import { Problem } from '../problem.ts';
import type { ImageDocument } from './document.ts';

interface Builder {
  readonly name: string;
  readonly policy: Omit<TdvfPolicy, 'measure_all'>;
  /** Why the program refuses this image, if it does. */
  readonly refuses: (tdvf: Tdvf) => string | undefined;
}

const isShort = (one: TdvfSection): boolean =>
  (one.attributes & TDVF_SECTION_ATTRIBUTES_MR_EXTEND) !== 0 && BigInt(one.raw_data_size) < one.memory_data_size;

const noTable = ({ found }: Tdvf): string | undefined => (found === 'guid-table' ? undefined : 'wants a GUID table');

const fourTypes = ({ sections }: Tdvf): string | undefined => {
  const other = sections.find(({ type }) => !['BFV', 'CFV', 'TD_HOB', 'TEMP_MEM'].includes(type));
  return other && `does not know sections of type ${other.type}`;
};

export const BUILDERS: readonly Builder[] = [
  {
    name: 'QEMU on Linux 6.16.1 (read)',
    policy: { order: 'interleaved', page_aug: 'ignore', short_data: 'next-image-bytes' },
    refuses: (tdvf) => noTable(tdvf) ?? fourTypes(tdvf),
  },
  {
    name: 'td-shim, Rust tool',
    policy: { order: 'interleaved', page_aug: 'skip', short_data: 'zero-pad' },
    refuses: () => undefined,
  },
  {
    name: 'td-shim, Python tool',
    policy: { order: 'interleaved', page_aug: 'skip', short_data: 'next-image-bytes' },
    refuses: () => undefined,
  },
  {
    name: 'dstack-mr, single pass',
    policy: { order: 'interleaved', page_aug: 'skip', short_data: 'next-image-bytes' },
    refuses: noTable,
  },
  {
    name: 'gce-tcb-verifier',
    policy: { order: 'interleaved', page_aug: 'ignore', short_data: 'next-image-bytes' },
    refuses: (tdvf) =>
      noTable(tdvf) ??
      fourTypes(tdvf) ??
      (tdvf.sections.some(isShort) ? 'refuses measured data shorter than its memory' : undefined),
  },
  {
    name: 'dstack-mr, two passes',
    policy: { order: 'two-pass', page_aug: 'skip', short_data: 'next-image-bytes' },
    refuses: noTable,
  },
  {
    name: 'Contrast, tdx-measure',
    policy: { order: 'two-pass', page_aug: 'ignore', short_data: 'extend-raw-only' },
    refuses: noTable,
  },
];

/** One measurement of the image and who arrives at it. */
export interface ImageVariant {
  readonly order: CallOrder;
  readonly mrtd: Digest;
  readonly builders: readonly string[];
  readonly counts: Readonly<Record<MeasuredCall, number>>;
}

export interface ImageResult {
  readonly variants: readonly ImageVariant[];
  readonly refusals: readonly { readonly builder: string; readonly why: string }[];
  /** What in the image makes builders of one order disagree. */
  readonly causes: readonly string[];
}

/** The measurement of an image under one policy. Throws Problem where the module would refuse a page. */
export function measureImage(
  { image, tdvf }: ImageDocument,
  policy: TdvfPolicy,
): { readonly mrtd: Digest; readonly counts: Readonly<Record<MeasuredCall, number>> } {
  // Images of the vectors and of the packages read are for 48 bits and for 52 alike: no section lies near the shared bit.
  const td = new TdBuild({ gpaw: 0 });
  const { status, section } = build_tdvf(td, image, tdvf.sections, policy);
  if (section !== undefined) {
    const { type, memory_address } = tdvf.sections[section] as TdvfSection;
    throw new Problem(
      `Section ${section + 1} (${type} at ${gpaHex(memory_address)}): ${status.show()}. ${status.why}`,
      section,
    );
  }
  const done = (op: string): number => td.trace.events.filter((event) => event.op === op).length;
  td.tdh_mr_finalize();
  return { mrtd: td.digest, counts: { 'MEM.PAGE.ADD': done('tdh_mem_page_add'), 'MR.EXTEND': done('tdh_mr_extend') } };
}

export function runImage(document: ImageDocument): ImageResult {
  const { tdvf } = document;
  const refusals: { builder: string; why: string }[] = [];
  const variants: { order: CallOrder; mrtd: Digest; builders: string[]; counts: ImageVariant['counts'] }[] = [];
  const known = new Map<string, ReturnType<typeof measureImage>>();
  for (const { name, policy, refuses } of BUILDERS) {
    const why = refuses(tdvf);
    if (why !== undefined) {
      refusals.push({ builder: name, why });
      continue;
    }
    const key = [
      policy.order,
      hasAug(tdvf) && policy.page_aug,
      tdvf.sections.some(isShort) && policy.short_data,
    ].join();
    const { mrtd, counts } = known.get(key) ?? measureImage(document, policy);
    known.set(key, { mrtd, counts });
    const same = variants.find((one) => one.order === policy.order && one.mrtd.equals(mrtd));
    if (same) same.builders.push(name);
    else variants.push({ order: policy.order, mrtd, builders: [name], counts });
  }
  return { variants, refusals, causes: causes(tdvf) };
}

const hasAug = ({ sections }: Tdvf): boolean =>
  sections.some(({ attributes }) => (attributes & TDVF_SECTION_ATTRIBUTES_PAGE_AUG) !== 0);

function causes(tdvf: Tdvf): string[] {
  const found: string[] = [];
  if (hasAug(tdvf))
    found.push('A section has the attribute PAGE_AUG: some programs add its pages, some leave them out.');
  if (tdvf.sections.some(isShort)) {
    found.push('A measured section has less data than memory: programs disagree on what follows the data.');
  }
  return found;
}
