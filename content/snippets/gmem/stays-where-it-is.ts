/** A page of guest memory is not moved, and a broken one is not taken out of the file. */
import {
  GuestMemfd,
  guestMemfdOf,
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
const fd = vm.kvm_create_guest_memfd(2 * PAGE);
const flags = KVM_MEM_GUEST_MEMFD;
const slot = { slot: 0, flags, guest_phys_addr: 0, memory_size: 2 * PAGE, guest_memfd: fd };
vm.kvm_set_user_memory_region2(slot); // → 0
const attributes = KVM_MEMORY_ATTRIBUTE_PRIVATE;
vm.kvm_set_memory_attributes({ address: 0, size: 2 * PAGE, attributes }); // → 0
vm.guest_store(0, 1); // → 0
vm.guest_store(PAGE, 2); // → 0

// The kernel would like to have the first page elsewhere.
const file = guestMemfdOf(qemu, fd);
if (file instanceof GuestMemfd) file.move_to_new_folio(0); // → -EOPNOTSUPP
vm.guest_load(0); // → 1

// The memory controller reports it as broken: the guest loses it.
if (file instanceof GuestMemfd) file.memory_failure(0); // → 'MF_DELAYED'
vm.guest_load(0); // → KVM_EXIT_MEMORY_FAULT { errno: EHWPOISON, flags: KVM_MEMORY_EXIT_FLAG_PRIVATE, gpa: 0x0, size: 0x1000 }
vm.guest_load(PAGE); // → 2
