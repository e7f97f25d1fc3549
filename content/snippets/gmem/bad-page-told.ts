/** A page breaks under two designs: memfd_restricted ends the VM, guest_memfd leaves it to the VMM. */
import { guestMemfdOf, Host, KVM_MEM_GUEST_MEMFD, KVM_X86_SW_PROTECTED_VM, KvmVm, linux, PAGE } from 'unmapped';
import { KVM_MEMORY_ATTRIBUTE_PRIVATE, kvm_create_vm, memfd_restricted, restrictedV10 } from 'unmapped/proposals/restricted';

// v10: the file tells its users, and KVM gives the VM up.
const before = new Host(restrictedV10).process('qemu');
const ram = memfd_restricted(before, 0);
before.ftruncate(ram, 2 * PAGE); // → 0
const old = kvm_create_vm(before, 'old');
old.kvm_set_user_memory_region_ext({ slot: 0, guest_phys_addr: 0, memory_size: 2 * PAGE, private_fd: ram }); // → 0
old.kvm_set_memory_attributes(0, 2 * PAGE, KVM_MEMORY_ATTRIBUTE_PRIVATE); // → 0
old.guest_store(0, 1); // → 0
const file = before.file(ram);
if ('inode' in file) for (const user of file.inode.users) user.error?.(0);
old.guest_load(PAGE); // → KVM_EXIT_SHUTDOWN

// guest_memfd: the guest loses the page, and the VMM hears of it when the guest touches it.
const qemu = new Host(linux('7.3.4')).process('qemu');
const vm = new KvmVm(qemu, 'vm', KVM_X86_SW_PROTECTED_VM);
const fd = vm.kvm_create_guest_memfd(2 * PAGE);
const slot = { slot: 0, flags: KVM_MEM_GUEST_MEMFD, guest_phys_addr: 0, memory_size: 2 * PAGE, guest_memfd: fd };
vm.kvm_set_user_memory_region2(slot); // → 0
vm.kvm_set_memory_attributes({ address: 0, size: 2 * PAGE, attributes: KVM_MEMORY_ATTRIBUTE_PRIVATE }); // → 0
vm.guest_store(0, 1); // → 0
const gmem = guestMemfdOf(qemu, fd);
'bound' in gmem && gmem.memory_failure(0); // → 'MF_DELAYED'
vm.guest_load(PAGE); // → 0
vm.guest_load(0); // → KVM_EXIT_MEMORY_FAULT { errno: EHWPOISON, flags: KVM_MEMORY_EXIT_FLAG_PRIVATE, gpa: 0x0, size: 0x1000 }

// A hole takes the broken page out of the file; the guest finds zeros.
qemu.fallocate(fd, 3, 0, PAGE); // → 0
vm.guest_load(0); // → 0
