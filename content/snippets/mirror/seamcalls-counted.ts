/** Calls to the TDX module for eight pages at run time, and what the same walks would ask if KVM had no mirror to look at. */
import {
  Host,
  KVM_MEM_GUEST_MEMFD,
  KVM_MEMORY_ATTRIBUTE_PRIVATE,
  KVM_X86_TDX_VM,
  linux,
  MAP_ANONYMOUS,
  MAP_SHARED,
  PAGE,
  PROT_READ,
  PROT_WRITE,
  TdxVm,
} from 'unmapped';

const PAGES = 8;
const host = new Host(linux('6.16.1'), { vm_types: [KVM_X86_TDX_VM] });
const qemu = host.process('qemu');
const td = new TdxVm(qemu, 'td');
const ram = qemu.mmap(0, PAGES * PAGE, PROT_READ | PROT_WRITE, MAP_SHARED | MAP_ANONYMOUS, -1, 0);
const file = td.kvm_create_guest_memfd(PAGES * PAGE);
const slot = { slot: 0, flags: KVM_MEM_GUEST_MEMFD, guest_phys_addr: 0, memory_size: PAGES * PAGE };
td.kvm_set_user_memory_region2({ ...slot, userspace_addr: ram, guest_memfd: file }); // → 0
td.kvm_set_memory_attributes({ address: 0, size: PAGES * PAGE, attributes: KVM_MEMORY_ATTRIBUTE_PRIVATE }); // → 0
td.kvm_tdx_init_vm(); // → 0
td.kvm_tdx_finalize_vm(); // → 0

// With the mirror: three tables once, then one call for each page.
for (let i = 0; i < PAGES; i++) td.accept(i * PAGE);
td.module.count('tdh_mem_sept_add'); // → 3
td.module.count('tdh_mem_page_aug'); // → 8
td.module.count('tdh_mem_sept_rd'); // → 0

// Without it: the entry of each level, for each fault, read by a call.
for (let i = 0; i < PAGES; i++) {
  for (let level = 3; level >= 0; level--) td.module.tdh_mem_sept_rd(td.tdr, level === 0 ? i * PAGE : 0, level);
}
td.module.count('tdh_mem_sept_rd'); // → 32
td.module.tdh_mem_sept_rd(td.tdr, 0, 0); // → TDX_SUCCESS (level 0, MAPPED)
