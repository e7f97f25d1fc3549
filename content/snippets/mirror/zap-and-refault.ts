/** A private page that is taken away and comes back is empty, and the guest has to accept it again. */
import {
  FALLOC_FL_KEEP_SIZE,
  FALLOC_FL_PUNCH_HOLE,
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
const td = new TdxVm(qemu, 'td', { sept_ve_disable: false });
const ram = qemu.mmap(0, PAGE, PROT_READ | PROT_WRITE, MAP_SHARED | MAP_ANONYMOUS, -1, 0);
const file = td.kvm_create_guest_memfd(PAGE);
const slot = { slot: 0, flags: KVM_MEM_GUEST_MEMFD, guest_phys_addr: 0, memory_size: PAGE };
td.kvm_set_user_memory_region2({ ...slot, userspace_addr: ram, guest_memfd: file }); // → 0
td.kvm_set_memory_attributes({ address: 0, size: PAGE, attributes: KVM_MEMORY_ATTRIBUTE_PRIVATE }); // → 0
td.kvm_tdx_init_vm(); // → 0
td.kvm_tdx_finalize_vm(); // → 0
td.accept(0); // → TDX_SUCCESS
td.store(0, 0x41); // → 0

// Leaf by leaf: block, new epoch, remove, write back. Then KVM clears the page.
const before = td.module.count();
qemu.fallocate(file, FALLOC_FL_PUNCH_HOLE | FALLOC_FL_KEEP_SIZE, 0, PAGE); // → 0
const calls = td.module.calls.slice(before).map(({ call }) => call);
calls; // → ['tdh_mem_range_block', 'tdh_mem_track', 'tdh_mem_page_remove', 'tdh_phymem_page_wbinvd']

td.load(0); // → #VE
td.accept(0); // → TDX_SUCCESS
td.load(0); // → 0
