/** One page of one file, private, shared and private again: the right to it changes, the page stays. */
import {
  GUEST_MEMFD_FLAG_MMAP,
  Host,
  KVM_MEM_GUEST_MEMFD,
  KVM_MEMORY_ATTRIBUTE_PRIVATE,
  KVM_X86_TDX_VM,
  MAP_SHARED,
  PAGE,
  PROT_READ,
  PROT_WRITE,
} from 'unmapped';
import { inPlaceV8, kvm_create_vm, kvm_set_memory_attributes2 } from 'unmapped/proposals/in-place';

const host = new Host(inPlaceV8);
const qemu = host.process('qemu');
const vm = kvm_create_vm(qemu, 'vm', KVM_X86_TDX_VM);
const fd = vm.kvm_create_guest_memfd(PAGE, GUEST_MEMFD_FLAG_MMAP);
const flags = KVM_MEM_GUEST_MEMFD;
const slot = { slot: 0, flags, guest_phys_addr: 0, memory_size: PAGE, guest_memfd: fd };
vm.kvm_set_user_memory_region2(slot); // → 0

// The file starts as private: the guest uses it, the host's touch fails.
const view = qemu.mmap(0, PAGE, PROT_READ | PROT_WRITE, MAP_SHARED, fd, 0);
vm.guest_store(0, 1, { private: true }); // → 0
qemu.load(view); // → SIGBUS

// Shared: the same mapping works, and the guest's private access leaves.
const page = { offset: 0, size: PAGE };
kvm_set_memory_attributes2(qemu, fd, { ...page, attributes: 0 }); // → 0
qemu.store(view, 2); // → 0
vm.guest_load(0, { private: false }); // → 2
vm.guest_load(0, { private: true }); // → KVM_EXIT_MEMORY_FAULT { errno: EFAULT, flags: KVM_MEMORY_EXIT_FLAG_PRIVATE, gpa: 0x0, size: 0x1000 }

// And back. The mapping was not touched, only the right to use it.
const attributes = KVM_MEMORY_ATTRIBUTE_PRIVATE;
kvm_set_memory_attributes2(qemu, fd, { ...page, attributes }); // → 0
qemu.load(view); // → SIGBUS
vm.guest_store(0, 3, { private: true }); // → 0
