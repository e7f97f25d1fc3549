/** Encryption has no memory: ciphertext of yesterday, put back where it was, is yesterday's plaintext. */
import { at, KVM_X86_SEV_VM, kvm_create_sev_vm, MAP_SHARED, PAGE, PROT_READ, PROT_WRITE, sevHost, sevKernel } from 'unmapped';

const host = sevHost(sevKernel('6.16.1'));
const qemu = host.process('qemu');
const fd = qemu.memfd_create('guest-ram', 0);
qemu.ftruncate(fd, 2 * PAGE); // → 0
const address = qemu.mmap(0, 2 * PAGE, PROT_READ | PROT_WRITE, MAP_SHARED, fd, 0);
const vm = kvm_create_sev_vm(qemu, 'vm', KVM_X86_SEV_VM);
vm.kvm_set_user_memory_region({ slot: 0, guest_phys_addr: 0, memory_size: 2 * PAGE, userspace_addr: address }); // → 0
vm.kvm_sev_init2(); // → 0
vm.kvm_sev_launch_start(); // → 0

// Balance 100. The VMM keeps the ciphertext, which it cannot read.
vm.guest_store(0, 100); // → 0
const page = new Uint8Array(PAGE);
qemu.pread(fd, page, 0); // → 4096

// Balance 1, and then the VMM puts the old ciphertext back.
vm.guest_store(0, 1); // → 0
vm.guest_load(0); // → 1
qemu.pwrite(fd, page, 0); // → 4096
vm.guest_load(0); // → 100

// The same bytes at another physical page are noise: the address is part of the encryption.
qemu.pwrite(fd, page, PAGE); // → 4096
vm.guest_load(PAGE); // → 4

// One changed byte of ciphertext spoils a block of 16 bytes, and nobody is told.
vm.guest_write(PAGE, new Uint8Array(32)); // → 0
qemu.store(at(address, PAGE), 0xff); // → 0
vm.guest_read(PAGE, 32); // → 19 cb 0e 3a 0d 66 17 5c b3 a3 02 22 db 4e 2e ac … 16 more
