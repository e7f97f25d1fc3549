/** Memory that is registered is pinned: it cannot move, it is counted as locked, and a hole does not free it. */
import { FALLOC_FL_KEEP_SIZE, FALLOC_FL_PUNCH_HOLE, KVM_X86_SEV_VM, kvm_create_sev_vm, MAP_SHARED, PAGE, PROT_READ, PROT_WRITE, at, sevHost, sevKernel } from 'unmapped';

const host = sevHost(sevKernel('6.16.1'));
const qemu = host.process('qemu', { uid: 1000, rlimit_memlock: 2 * PAGE });
const fd = qemu.memfd_create('guest-ram', 0);
qemu.ftruncate(fd, 4 * PAGE); // → 0
const address = qemu.mmap(0, 4 * PAGE, PROT_READ | PROT_WRITE, MAP_SHARED, fd, 0);
const vm = kvm_create_sev_vm(qemu, 'vm', KVM_X86_SEV_VM);
vm.kvm_memory_encrypt_reg_region({ addr: address, size: PAGE }); // → -ENOTTY
vm.kvm_sev_init2(); // → 0

// The limit is RLIMIT_MEMLOCK, and every page of the range has to be there at once.
vm.kvm_memory_encrypt_reg_region({ addr: address, size: 4 * PAGE }); // → -ENOMEM
vm.kvm_memory_encrypt_reg_region({ addr: address, size: 2 * PAGE }); // → 0
vm.kvm_memory_encrypt_reg_region({ addr: at(address, 2 * PAGE), size: PAGE }); // → -ENOMEM
host.memory.used; // → 2

// A hole takes the page from the file. The pin keeps it from anybody else.
qemu.fallocate(fd, FALLOC_FL_PUNCH_HOLE | FALLOC_FL_KEEP_SIZE, 0, PAGE); // → 0
host.memory.used; // → 2
vm.kvm_memory_encrypt_unreg_region({ addr: address, size: 2 * PAGE }); // → 0
host.memory.used; // → 1
