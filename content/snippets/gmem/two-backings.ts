/** One guest page with two backings: the attribute decides which of them the next access goes to. */
import {
  Host,
  KVM_MEM_GUEST_MEMFD,
  KVM_MEMORY_ATTRIBUTE_PRIVATE,
  KVM_X86_TDX_VM,
  KvmVm,
  linux,
  MAP_SHARED,
  PAGE,
  PROT_READ,
  PROT_WRITE,
} from 'unmapped';

const host = new Host(linux('7.3.4'), { vm_types: [KVM_X86_TDX_VM] });
const qemu = host.process('qemu');
const vm = new KvmVm(qemu, 'vm', KVM_X86_TDX_VM);

// The slot names both: an address of the VMM and a file.
const ram = qemu.memfd_create('shared-ram', 0);
qemu.ftruncate(ram, PAGE); // → 0
const hva = qemu.mmap(0, PAGE, PROT_READ | PROT_WRITE, MAP_SHARED, ram, 0);
const slot = {
  slot: 0,
  flags: KVM_MEM_GUEST_MEMFD,
  guest_phys_addr: 0,
  memory_size: PAGE,
  userspace_addr: hva,
  guest_memfd: vm.kvm_create_guest_memfd(PAGE),
};
vm.kvm_set_user_memory_region2(slot); // → 0

// All memory starts as shared. A private access has to ask first.
vm.guest_store(0, 1, { private: false }); // → 0
vm.guest_store(0, 2, { private: true }); // → KVM_EXIT_MEMORY_FAULT { errno: EFAULT, flags: KVM_MEMORY_EXIT_FLAG_PRIVATE, gpa: 0x0, size: 0x1000 }

// The VMM agrees: the page is private now, and a fresh one.
const page = { address: 0, size: PAGE };
const attributes = KVM_MEMORY_ATTRIBUTE_PRIVATE;
vm.kvm_set_memory_attributes({ ...page, attributes }); // → 0
vm.guest_load(0, { private: true }); // → 0
vm.guest_store(0, 2, { private: true }); // → 0

// The host's page is where it was, with what it held.
qemu.load(hva); // → 1
vm.kvm_set_memory_attributes({ ...page, attributes: 0 }); // → 0
vm.guest_load(0, { private: false }); // → 1
