/** Which of two mistakes in one request is found first. */
import { Host, KVM_MEM_GUEST_MEMFD, KVM_MEM_READONLY, KVM_X86_DEFAULT_VM, KvmVm, linux, PAGE } from 'unmapped';

const host = new Host(linux('6.18.44'));
const qemu = host.process('qemu');
const vm = new KvmVm(qemu, 'vm', KVM_X86_DEFAULT_VM);
const fd = vm.kvm_create_guest_memfd(4 * PAGE);
const flags = KVM_MEM_GUEST_MEMFD;
const slot = { slot: 0, flags, guest_phys_addr: 0, memory_size: 2 * PAGE, guest_memfd: fd };
vm.kvm_set_user_memory_region2(slot); // → 0

// Guest addresses that are taken, and a descriptor that is not open.
vm.kvm_set_user_memory_region2({ ...slot, slot: 1, guest_memfd: 99 }); // → -EEXIST
// Free guest addresses, and the same descriptor.
const free = { ...slot, slot: 1, guest_phys_addr: 16 * PAGE };
vm.kvm_set_user_memory_region2({ ...free, guest_memfd: 99 }); // → -EBADF
// A file of another kind.
vm.kvm_set_user_memory_region2({ ...free, guest_memfd: qemu.memfd_create('ram', 0) }); // → -EINVAL
// Flags come before all of it, also when the slot is to be deleted.
const gone = { ...slot, memory_size: 0 };
vm.kvm_set_user_memory_region2({ ...gone, flags: flags | KVM_MEM_READONLY }); // → -EINVAL
vm.kvm_set_user_memory_region2({ ...gone, guest_memfd: 99 }); // → 0
