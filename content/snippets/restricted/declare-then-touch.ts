/** The VMM declares what is private; the guest's first touch allocates. */
import { at, FALLOC_FL_KEEP_SIZE, FALLOC_FL_PUNCH_HOLE, Host, MAP_SHARED, PAGE, PROT_READ, PROT_WRITE } from 'unmapped';
import { KVM_MEMORY_ATTRIBUTE_PRIVATE, kvm_create_vm, memfd_restricted, restrictedV10 } from 'unmapped/proposals/restricted';

const host = new Host(restrictedV10);
const qemu = host.process('qemu');
const fd = memfd_restricted(qemu, 0);
qemu.ftruncate(fd, 2 * PAGE); // → 0
const shared = qemu.memfd_create('shared', 0);
qemu.ftruncate(shared, 2 * PAGE); // → 0
const address = qemu.mmap(0, 2 * PAGE, PROT_READ | PROT_WRITE, MAP_SHARED, shared, 0);

// One slot, two halves.
const vm = kvm_create_vm(qemu, 'vm');
const region = { slot: 0, guest_phys_addr: 0, memory_size: 2 * PAGE };
vm.kvm_set_user_memory_region_ext({ ...region, userspace_addr: address, private_fd: fd }); // → 0

// All memory starts shared, so a private access ends in user space.
vm.guest_store(0, 0x41); // → KVM_EXIT_MEMORY_FAULT { flags: PRIVATE, gpa: 0x0, size: 4096 }
vm.kvm_set_memory_attributes(0, PAGE, KVM_MEMORY_ATTRIBUTE_PRIVATE); // → 0

// Declared private, the page is allocated when the guest touches it.
vm.guest_store(0, 0x41); // → 0
vm.guest_load(0); // → 65
qemu.load(address); // → 0

// The neighbor is shared: guest and VMM see one page.
vm.guest_store(PAGE, 0x42, { private: false }); // → 0
qemu.load(at(address, PAGE)); // → 66

// Taking the page back does not make it shared: the next touch allocates a new one.
qemu.fallocate(fd, FALLOC_FL_PUNCH_HOLE | FALLOC_FL_KEEP_SIZE, 0, PAGE); // → 0
vm.guest_load(0); // → 0
