/** Any number may register: one page of a restricted file in two VMs. */
import { Host, PAGE } from 'unmapped';
import { KVM_MEMORY_ATTRIBUTE_PRIVATE, kvm_create_vm, memfd_restricted, restrictedV10 } from 'unmapped/proposals/restricted';

const host = new Host(restrictedV10);
const qemu = host.process('qemu');
const fd = memfd_restricted(qemu, 0);
qemu.ftruncate(fd, PAGE); // → 0
const region = { slot: 0, guest_phys_addr: 0, memory_size: PAGE, private_fd: fd };

const left = kvm_create_vm(qemu, 'left');
const right = kvm_create_vm(qemu, 'right');
left.kvm_set_user_memory_region_ext(region); // → 0
right.kvm_set_user_memory_region_ext(region); // → 0
left.kvm_set_memory_attributes(0, PAGE, KVM_MEMORY_ATTRIBUTE_PRIVATE); // → 0
right.kvm_set_memory_attributes(0, PAGE, KVM_MEMORY_ATTRIBUTE_PRIVATE); // → 0

// Without encryption each reads the other's private memory.
left.guest_store(0, 0x41); // → 0
right.guest_load(0); // → 65
