/** The guest shares pages at run time, in at most 32 ranges. */
import { at, Host, MAP_SHARED, PAGE, PROT_READ, PROT_WRITE } from 'unmapped';
import { KVM_NR_SHARED_RANGES, kvm_create_vm, poisonV2 } from 'unmapped/proposals/poisoned-pages';

const host = new Host(poisonV2);
const qemu = host.process('qemu');
const pages = 80;
const fd = qemu.memfd_create('guest-ram', 0);
qemu.ftruncate(fd, pages * PAGE); // → 0
const address = qemu.mmap(0, pages * PAGE, PROT_READ | PROT_WRITE, MAP_SHARED, fd, 0);
const vm = kvm_create_vm(qemu, 'vm');
const region = { slot: 0, guest_phys_addr: 0, memory_size: pages * PAGE };
vm.kvm_set_user_memory_region({ ...region, userspace_addr: address }); // → 0
vm.kvm_hc_enable_mem_protected(); // → 0

// A page for I/O: private by the guest's own touch, then shared, with what is in it.
vm.guest_store(0, 0x41); // → 0
qemu.load(address); // → SIGBUS
vm.kvm_hc_mem_share(0, 1); // → 0
qemu.load(address); // → 65

// Every second page, forty of them: KVM keeps a fixed list.
for (let page = 2; page < pages; page += 2) vm.kvm_hc_mem_share(page, 1);
KVM_NR_SHARED_RANGES; // → 32
vm.guest_store(62 * PAGE, 1); // → 0
vm.guest_store(64 * PAGE, 1); // → 0
qemu.load(at(address, 62 * PAGE)); // → 1
qemu.load(at(address, 64 * PAGE)); // → SIGBUS
