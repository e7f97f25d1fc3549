/** Two views of one page, one with the C-bit and one without: on a machine without coherence each has cache lines of its own. */
import { clflush, KVM_X86_SEV_VM, kvm_create_sev_vm, MAP_SHARED, memory_chips, PAGE, PROT_READ, PROT_WRITE, sevHost, sevKernel, vm_page_flush } from 'unmapped';

const host = sevHost(sevKernel('6.16.1'), { coherent: false });
const qemu = host.process('qemu');
const fd = qemu.memfd_create('guest-ram', 0);
qemu.ftruncate(fd, PAGE); // → 0
const address = qemu.mmap(0, PAGE, PROT_READ | PROT_WRITE, MAP_SHARED, fd, 0);
const vm = kvm_create_sev_vm(qemu, 'vm', KVM_X86_SEV_VM);
vm.kvm_set_user_memory_region({ slot: 0, guest_phys_addr: 0, memory_size: PAGE, userspace_addr: address }); // → 0
vm.kvm_sev_init2(); // → 0
vm.kvm_sev_launch_start(); // → 0

// The guest's store stays in its cache line. The VMM does not even read ciphertext: it reads the past.
vm.guest_store(0, 0x41); // → 0
qemu.load(address); // → 0
memory_chips(qemu, address, 4); // → 00×4

// Flushing through the VMM's mapping does not reach the guest's line.
clflush(qemu, address); // → 0
memory_chips(qemu, address, 4); // → 00×4

// Flushing by the guest's ASID does.
vm_page_flush(qemu, address, vm.asid); // → 0
memory_chips(qemu, address, 4); // → ba cc 03 f5

// The VMM has the old line still, until it is flushed as well.
qemu.load(address); // → 186
clflush(qemu, address); // → 0
qemu.load(address); // → 186
