/** A page of a TDX guest in all three tables: the mirror knows that it is mapped, only the module knows whether it was accepted. */
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
const ram = qemu.mmap(0, 2 * PAGE, PROT_READ | PROT_WRITE, MAP_SHARED | MAP_ANONYMOUS, -1, 0);
const file = td.kvm_create_guest_memfd(2 * PAGE);
const slot = { slot: 0, flags: KVM_MEM_GUEST_MEMFD, guest_phys_addr: 0, memory_size: 2 * PAGE };
td.kvm_set_user_memory_region2({ ...slot, userspace_addr: ram, guest_memfd: file }); // → 0
td.kvm_set_memory_attributes({ address: 0, size: PAGE, attributes: KVM_MEMORY_ATTRIBUTE_PRIVATE }); // → 0
td.kvm_tdx_init_vm(); // → 0
td.kvm_tdx_finalize_vm(); // → 0
td.store(td.shared(PAGE), 1); // → 0

td.load(0); // → #VE
td.mmu.picture('The guest touched page 0: KVM gave it a page, and the module waits for the guest');
td.accept(0); // → TDX_SUCCESS
td.mmu.picture('Accepted: nothing changed in the mirror');

qemu.fallocate(file, FALLOC_FL_PUNCH_HOLE | FALLOC_FL_KEEP_SIZE, 0, PAGE); // → 0
td.mmu.picture('A hole in the file: the leaf is gone from both, the tables stay');
td.kvm_set_memory_attributes({ address: 0, size: PAGE, attributes: 0 }); // → 0
td.store(td.shared(0), 2); // → 0
td.mmu.picture('Page 0 shared: a leaf in the direct table, and no call to anybody');
