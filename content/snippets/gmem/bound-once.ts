/** A page of the file is bound to one slot at a time, by the VM that made the file, until the slot is deleted. */
import { Host, KVM_MEM_GUEST_MEMFD, KVM_X86_DEFAULT_VM, KvmVm, linux, PAGE } from 'unmapped';

const host = new Host(linux('6.18.44'));
const qemu = host.process('qemu');
const vm = new KvmVm(qemu, 'vm', KVM_X86_DEFAULT_VM);
const other = new KvmVm(qemu, 'other-vm', KVM_X86_DEFAULT_VM);
const fd = vm.kvm_create_guest_memfd(4 * PAGE);

const flags = KVM_MEM_GUEST_MEMFD;
const low = { slot: 0, flags, guest_phys_addr: 0, memory_size: 2 * PAGE, guest_memfd: fd };
other.kvm_set_user_memory_region2(low); // → -EINVAL
vm.kvm_set_user_memory_region2(low); // → 0

// Other guest addresses, but the second page of the file again.
const high = { slot: 1, flags, guest_phys_addr: 16 * PAGE, memory_size: PAGE, guest_memfd: fd };
vm.kvm_set_user_memory_region2({ ...high, guest_memfd_offset: PAGE }); // → -EINVAL
vm.kvm_set_user_memory_region2({ ...high, guest_memfd_offset: 2 * PAGE }); // → 0

// A bound slot does not change, not even into itself. It can go.
vm.kvm_set_user_memory_region2(low); // → -EINVAL
vm.kvm_set_user_memory_region2({ ...low, memory_size: 0 }); // → 0
vm.kvm_set_user_memory_region2(low); // → 0
