/** Pages given to a TDX guest ahead of time: not before it is finalized, and not in place of the guest's consent. */
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
const ram = qemu.mmap(0, 2 * PAGE, PROT_READ | PROT_WRITE, MAP_SHARED | MAP_ANONYMOUS, -1, 0);
const file = td.kvm_create_guest_memfd(2 * PAGE);
const slot = { slot: 0, flags: KVM_MEM_GUEST_MEMFD, guest_phys_addr: 0, memory_size: 2 * PAGE };
td.kvm_set_user_memory_region2({ ...slot, userspace_addr: ram, guest_memfd: file }); // → 0
td.kvm_set_memory_attributes({ address: 0, size: 2 * PAGE, attributes: KVM_MEMORY_ATTRIBUTE_PRIVATE }); // → 0
td.kvm_tdx_init_vm(); // → 0

td.kvm_pre_fault_memory(0, 2 * PAGE); // → -EOPNOTSUPP
td.kvm_tdx_finalize_vm(); // → 0
td.kvm_pre_fault_memory(0, 2 * PAGE); // → 0
td.module.count('tdh_mem_page_aug'); // → 2
td.module.entry(td.tdr, PAGE, 0); // → 'PENDING'

// The guest's part is left, and it comes without an exit.
td.accept(PAGE); // → TDX_SUCCESS
td.module.count('tdh_mem_page_aug'); // → 2
td.module.entry(td.tdr, PAGE, 0); // → 'MAPPED'
