/** KVM_TDX_INIT_MEM_REGION adds page by page; how the VMM cuts its regions does not matter, their order does. */
import { KVM_TDX_MEASURE_MEMORY_REGION, kvm_tdx_init_mem_region, seeded, shifted, TdBuild, zeros } from 'unmapped';

const firmware = seeded('firmware');
const flags = KVM_TDX_MEASURE_MEMORY_REGION;

const whole = new TdBuild({ name: 'whole' });
kvm_tdx_init_mem_region(whole, { gpa: 0xffffc000, nr_pages: 4, flags, source: firmware }); // → 0
kvm_tdx_init_mem_region(whole, { gpa: 0x810000, nr_pages: 2, source: zeros }); // → 0

const cut = new TdBuild({ name: 'cut' });
kvm_tdx_init_mem_region(cut, { gpa: 0xffffc000, nr_pages: 1, flags, source: firmware }); // → 0
kvm_tdx_init_mem_region(cut, { gpa: 0xffffd000, nr_pages: 3, flags, source: shifted(firmware, 4096) }); // → 0
kvm_tdx_init_mem_region(cut, { gpa: 0x810000, nr_pages: 2, source: zeros }); // → 0
whole.digest.equals(cut.digest); // → true

// A page has its initial content once, and no page has any after the end.
kvm_tdx_init_mem_region(cut, { gpa: 0x810000, nr_pages: 1, source: zeros }); // → -EEXIST
cut.tdh_mr_finalize(); // → TDX_SUCCESS
kvm_tdx_init_mem_region(cut, { gpa: 0x900000, nr_pages: 1, source: zeros }); // → -EINVAL
