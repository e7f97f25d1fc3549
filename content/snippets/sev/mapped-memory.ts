/** The VMM maps the memory of an encrypted guest as it maps any: it reads ciphertext, and what it writes becomes noise. */
import { at, KVM_X86_SEV_VM, kvm_create_sev_vm, MAP_SHARED, PAGE, PROT_READ, PROT_WRITE, sevHost, sevKernel } from 'unmapped';

const host = sevHost(sevKernel('6.16.1'));
const qemu = host.process('qemu');
const fd = qemu.memfd_create('guest-ram', 0);
qemu.ftruncate(fd, 2 * PAGE); // → 0
const address = qemu.mmap(0, 2 * PAGE, PROT_READ | PROT_WRITE, MAP_SHARED, fd, 0);

// Slot and mapping are those of every VM. Only the key is new.
const vm = kvm_create_sev_vm(qemu, 'vm', KVM_X86_SEV_VM);
const region = { slot: 0, guest_phys_addr: 0, memory_size: 2 * PAGE };
vm.kvm_set_user_memory_region({ ...region, userspace_addr: address }); // → 0
vm.kvm_sev_init2(); // → 0
vm.kvm_sev_launch_start(); // → 0

// The VMM loads the firmware through its mapping; the secure processor measures and encrypts it in place.
qemu.store(address, 0x41); // → 0
vm.kvm_sev_launch_update_data(address, PAGE); // → 0
vm.guest_load(0); // → 65
qemu.load(address); // → 107

// Nothing stops a store of the VMM. The guest reads something that nobody wrote.
qemu.store(address, 0x42); // → 0
vm.guest_load(0); // → 175

// What the guest wants to show it uses without the C-bit.
vm.guest_store(PAGE, 0x43, { private: false }); // → 0
qemu.load(at(address, PAGE)); // → 67
