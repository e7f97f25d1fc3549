/** What builders make of an image with TDVF metadata: the same sections, in orders and with rules that differ. */
import { PAGE } from '../units.ts';
import type { TdBuild } from './build.ts';
import { type Content, given, shifted, zeros } from './content.ts';
import { CHUNK } from './measurement.ts';
import type { CallOrder } from './order.ts';
import { TDX_SUCCESS, type TdxStatus } from './status.ts';
import { TDVF_SECTION_ATTRIBUTES_MR_EXTEND, TDVF_SECTION_ATTRIBUTES_PAGE_AUG, type TdvfSection } from './tdvf.ts';

/** Where builders differ. */
export interface TdvfPolicy {
  readonly order: CallOrder;
  /** A section with attribute bit 1: left out, or added like any other. */
  readonly page_aug: 'skip' | 'ignore';
  /** What follows raw data that is shorter than its memory: zeros, the bytes that follow in the image, or nothing measured. */
  readonly short_data: 'zero-pad' | 'next-image-bytes' | 'extend-raw-only';
  /** Measure every section, whatever its attributes say; the TD HOB then has this content. */
  readonly measure_all?: { readonly td_hob: Content };
}

/** Builds the sections in their order. The first refused call ends it. */
export function build_tdvf(
  td: TdBuild,
  image: Uint8Array,
  sections: readonly TdvfSection[],
  policy: TdvfPolicy,
): { readonly status: TdxStatus; readonly section?: number } {
  for (const [index, section] of sections.entries()) {
    if (policy.page_aug === 'skip' && (section.attributes & TDVF_SECTION_ATTRIBUTES_PAGE_AUG) !== 0) continue;
    const status = buildSection(td, image, section, policy);
    if (status.error) return { status, section: index };
  }
  return { status: TDX_SUCCESS };
}

function buildSection(td: TdBuild, image: Uint8Array, section: TdvfSection, policy: TdvfPolicy): TdxStatus {
  const content = contentOf(image, section, policy);
  const measured = policy.measure_all !== undefined || (section.attributes & TDVF_SECTION_ATTRIBUTES_MR_EXTEND) !== 0;
  const size = Number(section.memory_data_size);
  const extent = !measured ? 0 : policy.short_data === 'extend-raw-only' ? section.raw_data_size : size;
  const extend = (first: number, end: number): TdxStatus => {
    for (let at = first; at < Math.min(end, extent); at += CHUNK) {
      const status = td.tdh_mr_extend(section.memory_address + BigInt(at));
      if (status.error) return status;
    }
    return TDX_SUCCESS;
  };
  for (let at = 0; at < size; at += PAGE) {
    const added = td.tdh_mem_page_add(section.memory_address + BigInt(at), shifted(content, at));
    if (added.error) return added;
    if (policy.order !== 'interleaved') continue;
    const extended = extend(at, at + PAGE);
    if (extended.error) return extended;
  }
  return policy.order === 'two-pass' ? extend(0, size) : TDX_SUCCESS;
}

function contentOf(image: Uint8Array, section: TdvfSection, policy: TdvfPolicy): Content {
  if (policy.measure_all !== undefined && section.type === 'TD_HOB') return policy.measure_all.td_hob;
  if (section.raw_data_size === 0) return zeros;
  const follows = policy.short_data === 'next-image-bytes';
  const end = section.data_offset + (follows ? Number(section.memory_data_size) : section.raw_data_size);
  // Behind the end of the image there is nothing: a program that reads on there finds what its own memory holds. Zeros here.
  return given(image.subarray(section.data_offset, end));
}
