/** The end of a TDX guest: leaves while there is a key, then the key, then the tables, then the control pages. */
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

const host = new Host(linux('6.16.1'), { vm_types: [KVM_X86_TDX_VM] });
const qemu = host.process('qemu');
const td = new TdxVm(qemu, 'td');
const ram = qemu.mmap(0, PAGE, PROT_READ | PROT_WRITE, MAP_SHARED | MAP_ANONYMOUS, -1, 0);
const file = td.kvm_create_guest_memfd(PAGE);
const slot = { slot: 0, flags: KVM_MEM_GUEST_MEMFD, guest_phys_addr: 0, memory_size: PAGE };
td.kvm_set_user_memory_region2({ ...slot, userspace_addr: ram, guest_memfd: file }); // → 0
td.kvm_set_memory_attributes({ address: 0, size: PAGE, attributes: KVM_MEMORY_ATTRIBUTE_PRIVATE }); // → 0
td.kvm_tdx_init_vm(); // → 0
td.kvm_tdx_finalize_vm(); // → 0
td.accept(0); // → TDX_SUCCESS

// The VM's descriptor alone ends nothing: the file keeps its VM.
const before = td.module.count();
td.close();
td.freed; // → false
td.module.count() - before; // → 0

// The last file: its leaf goes first, and then the VM with everything that is left.
qemu.close(file); // → 0
td.freed; // → true
const calls = td.module.calls.slice(before).map(({ call }) => call);
calls.filter((call) => call !== 'tdh_phymem_page_reclaim'); // → ['tdh_mem_range_block', 'tdh_mem_track', 'tdh_mem_page_remove', 'tdh_phymem_page_wbinvd', 'tdh_vp_flush', 'tdh_mng_vpflushdone', 'tdh_phymem_cache_wb', 'tdh_mng_key_freeid']
calls.filter((call) => call === 'tdh_phymem_page_reclaim').length; // → 11
host.memory.used; // → 0
