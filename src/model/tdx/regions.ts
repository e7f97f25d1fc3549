/**
 * The initial memory of a TD as KVM takes it: KVM_TDX_INIT_MEM_REGION, page by page, and the two orders of calls that builders use.
 *
 * Source: arch/x86/kvm/vmx/tdx.c `tdx_vcpu_init_mem_region`, `tdx_gmem_post_populate`, Linux 6.16.1, source read. Left out: the
 * source page's own life, signals that interrupt the ioctl, and the memslot that has to lie behind the range.
 */
import { Errno } from '../errno.ts';
import { PAGE } from '../units.ts';
import { type Address, gpaHex, type TdBuild } from './build.ts';
import { type Content, shifted } from './content.ts';

/** Measures what was added. */
export const KVM_TDX_MEASURE_MEMORY_REGION = 1;

export interface InitMemRegion {
  /** Guest physical address of the first page, in bytes. */
  readonly gpa: Address;
  readonly nr_pages: number;
  readonly flags?: number;
  /** What the memory at source_addr holds; the region begins at its byte 0. */
  readonly source: Content;
}

/**
 * Adds the pages; with the flag each is measured before the next one is added. EINVAL for a wrong argument, EEXIST for a page
 * that was added before (kvm_gmem_populate), EIO for a call that the module refuses.
 */
export function kvm_tdx_init_mem_region(td: TdBuild, region: InitMemRegion): 0 | Errno {
  const { nr_pages, flags = 0, source } = region;
  const gpa = BigInt(region.gpa);
  if (td.finalized) return new Errno('EINVAL', 'The TD was finalized: its initial memory is complete.');
  if ((flags & ~KVM_TDX_MEASURE_MEMORY_REGION) !== 0) return new Errno('EINVAL', 'A flag is not known.');
  if (gpa % BigInt(PAGE) !== 0n) return new Errno('EINVAL', 'The guest address is not a multiple of a page.');
  if (nr_pages < 1) return new Errno('EINVAL', 'The region has no page.');
  if ((gpa + BigInt(nr_pages) * BigInt(PAGE) - 1n) >> (td.gpaw === 0 ? 47n : 51n) !== 0n) {
    return new Errno('EINVAL', 'The region is not private: an address has the shared bit or a bit above it.');
  }
  for (let page = 0; page < nr_pages; page++) {
    const at = gpa + BigInt(page * PAGE);
    if (td.has(at)) return new Errno('EEXIST', `The page at ${gpaHex(at)} has its initial content already.`);
    const added = td.tdh_mem_page_add(at, shifted(source, page * PAGE));
    if (added.error) return new Errno('EIO', `TDH.MEM.PAGE.ADD at ${gpaHex(at)}: ${added.show()}. ${added.why}`);
    if ((flags & KVM_TDX_MEASURE_MEMORY_REGION) === 0) continue;
    const extended = td.extendPage(at);
    if (extended.error) return new Errno('EIO', extended.why);
  }
  return 0;
}
