/** The guest asks for a conversion by MapGPA: a wish that user space grants, and whose effect is that one leaf goes. */
import {
  Host,
  KVM_CAP_EXIT_HYPERCALL,
  KVM_HC_MAP_GPA_RANGE,
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
td.kvm_enable_cap(KVM_CAP_EXIT_HYPERCALL, 1 << KVM_HC_MAP_GPA_RANGE); // → 0
td.kvm_tdx_init_vm(); // → 0
td.kvm_tdx_finalize_vm(); // → 0
td.accept(0); // → TDX_SUCCESS

// To shared: the guest names the address with the bit that means shared.
const exits: unknown[] = [];
td.tdg_vp_vmcall_map_gpa(td.shared(0), PAGE, (exit, address, size) => {
  exits.push(exit);
  return td.kvm_set_memory_attributes({ address, size, attributes: 0 });
}); // → TDVMCALL_STATUS_SUCCESS, 1 exit
exits; // → [KVM_EXIT_HYPERCALL { nr: KVM_HC_MAP_GPA_RANGE, gpa: 0x0, npages: 1, attributes: decrypted }]
td.leaves; // → { direct: 0, mirror: 0 }
td.store(td.shared(0), 7); // → 0

// And back: the page is private again, and the guest has to accept it.
td.tdg_vp_vmcall_map_gpa(0, PAGE); // → TDVMCALL_STATUS_SUCCESS, 1 exit
td.accept(0); // → TDX_SUCCESS
td.load(0); // → 0
