/** The ways in which a guest access leaves KVM_RUN: the kind disagrees, or there is no file to take the page from. */
import {
  Host,
  KVM_MEM_GUEST_MEMFD,
  KVM_MEMORY_ATTRIBUTE_PRIVATE,
  KVM_X86_TDX_VM,
  KvmVm,
  linux,
  PAGE,
} from 'unmapped';

const host = new Host(linux('7.3.4'), { vm_types: [KVM_X86_TDX_VM] });
const qemu = host.process('qemu');
const vm = new KvmVm(qemu, 'vm', KVM_X86_TDX_VM);
const attributes = KVM_MEMORY_ATTRIBUTE_PRIVATE;
vm.kvm_set_memory_attributes({ address: 0, size: 2 * PAGE, attributes }); // → 0

// No slot has the first page, and the attribute says private.
vm.guest_load(0, { private: true }); // → KVM_EXIT_MEMORY_FAULT { errno: EFAULT, flags: KVM_MEMORY_EXIT_FLAG_PRIVATE, gpa: 0x0, size: 0x1000 }

// A bound slot, but a shared access to a private page.
const flags = KVM_MEM_GUEST_MEMFD;
const guest_memfd = vm.kvm_create_guest_memfd(2 * PAGE);
const slot = { slot: 0, flags, guest_phys_addr: 0, memory_size: 2 * PAGE, guest_memfd };
vm.kvm_set_user_memory_region2(slot); // → 0
vm.guest_load(PAGE, { private: false }); // → KVM_EXIT_MEMORY_FAULT { errno: EFAULT, flags: 0, gpa: 0x1000, size: 0x1000 }
vm.guest_load(PAGE, { private: true }); // → 0

// Outside of every slot a shared access is an access to a device.
vm.guest_load(64 * PAGE, { private: false }); // → KVM_EXIT_MMIO { phys_addr: 0x40000 }
