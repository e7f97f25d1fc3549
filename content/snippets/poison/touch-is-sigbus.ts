/** The memory stays mapped, and every touch of a private page fails. */
import { at, Host, MAP_SHARED, PAGE, PROT_READ, PROT_WRITE } from 'unmapped';
import { kvm_create_vm, poisonV2 } from 'unmapped/proposals/poisoned-pages';

const host = new Host(poisonV2);
const qemu = host.process('qemu');
const fd = qemu.memfd_create('guest-ram', 0);
qemu.ftruncate(fd, 2 * PAGE); // → 0
const address = qemu.mmap(0, 2 * PAGE, PROT_READ | PROT_WRITE, MAP_SHARED, fd, 0);

// The VMM sets up the memory and an ordinary slot, as it always did.
const vm = kvm_create_vm(qemu, 'vm');
const region = { slot: 0, guest_phys_addr: 0, memory_size: 2 * PAGE };
vm.kvm_set_user_memory_region({ ...region, userspace_addr: address }); // → 0
qemu.store(address, 0x41); // → 0
vm.guest_load(0); // → 65

// The guest asks for protection. Nothing is private before it touches it.
vm.kvm_hc_enable_mem_protected(); // → 0
qemu.load(address); // → 65
vm.guest_store(0, 0x42); // → 0

// From then on the VMM's mapping is a trap.
qemu.load(address); // → SIGBUS
qemu.store(address, 0x43); // → SIGBUS
qemu.vmsplice(address, 1); // → -EFAULT
vm.guest_load(0); // → 66

// A page that the guest has not touched is the VMM's still.
qemu.store(at(address, PAGE), 0x44); // → 0
