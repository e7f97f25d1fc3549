/** A TDX guest is built page by page: tables and leaf in the mirror, then one call that copies, encrypts and measures. */
import {
  Host,
  KVM_MEM_GUEST_MEMFD,
  KVM_MEMORY_ATTRIBUTE_PRIVATE,
  KVM_TDX_MEASURE_MEMORY_REGION,
  KVM_X86_TDX_VM,
  linux,
  MAP_ANONYMOUS,
  MAP_SHARED,
  PAGE,
  PROT_READ,
  PROT_WRITE,
  TdxVm,
} from 'unmapped';

const host = new Host(linux('6.16.1'), { vm_types: [KVM_X86_TDX_VM] });
const qemu = host.process('qemu');
const td = new TdxVm(qemu, 'td');
const image = qemu.mmap(0, 2 * PAGE, PROT_READ | PROT_WRITE, MAP_SHARED | MAP_ANONYMOUS, -1, 0);
qemu.store(image, 0x41); // → 0
const file = td.kvm_create_guest_memfd(2 * PAGE);
const slot = { slot: 0, flags: KVM_MEM_GUEST_MEMFD, guest_phys_addr: 0, memory_size: 2 * PAGE };
td.kvm_set_user_memory_region2({ ...slot, userspace_addr: image, guest_memfd: file }); // → 0
td.kvm_set_memory_attributes({ address: 0, size: 2 * PAGE, attributes: KVM_MEMORY_ATTRIBUTE_PRIVATE }); // → 0

td.kvm_tdx_init_vm(); // → 0
const flags = KVM_TDX_MEASURE_MEMORY_REGION;
td.kvm_tdx_init_mem_region({ source_addr: image, gpa: 0, nr_pages: 1, flags }); // → 0
td.module.count('tdh_mem_sept_add'); // → 3
td.module.count('tdh_mem_page_add'); // → 1
td.module.count('tdh_mr_extend'); // → 16
td.nr_premapped; // → 0
td.kvm_tdx_finalize_vm(); // → 0

// It runs: page 0 has the image; page 1 is given to it empty, when it accepts it.
td.load(0); // → 65
td.accept(PAGE); // → TDX_SUCCESS
td.load(PAGE); // → 0
