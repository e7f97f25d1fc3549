/** A private page belongs to the VM that poisoned it; another VM cannot have it. */
import { Host, MAP_SHARED, PAGE, PROT_READ, PROT_WRITE } from 'unmapped';
import { kvm_create_vm, poisonV2 } from 'unmapped/proposals/poisoned-pages';

const host = new Host(poisonV2);
const qemu = host.process('qemu');
const fd = qemu.memfd_create('guest-ram', 0);
qemu.ftruncate(fd, PAGE); // → 0
const userspace_addr = qemu.mmap(0, PAGE, PROT_READ | PROT_WRITE, MAP_SHARED, fd, 0);
const region = { slot: 0, guest_phys_addr: 0, memory_size: PAGE, userspace_addr };

const victim = kvm_create_vm(qemu, 'victim');
victim.kvm_set_user_memory_region(region); // → 0
victim.kvm_hc_enable_mem_protected(); // → 0
victim.guest_store(0, 0x41); // → 0

// The VMM gives the same address to a second VM.
const thief = kvm_create_vm(qemu, 'thief');
thief.kvm_set_user_memory_region(region); // → 0
thief.kvm_hc_enable_mem_protected(); // → 0
thief.guest_load(0); // → -EHWPOISON

// Freeing the page takes the mark with it, and the content.
qemu.ftruncate(fd, 0); // → 0
qemu.ftruncate(fd, PAGE); // → 0
victim.guest_load(0); // → 0
