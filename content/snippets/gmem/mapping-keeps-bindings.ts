/** A mapping of the host holds the file, and so what is bound to it, after the last descriptor is closed. */
import {
  GUEST_MEMFD_FLAG_INIT_SHARED,
  GUEST_MEMFD_FLAG_MMAP,
  Host,
  KVM_MEM_GUEST_MEMFD,
  KVM_X86_DEFAULT_VM,
  KvmVm,
  linux,
  MAP_SHARED,
  PAGE,
  PROT_READ,
  PROT_WRITE,
} from 'unmapped';

const host = new Host(linux('6.18.44'));
const qemu = host.process('qemu');
const vm = new KvmVm(qemu, 'vm', KVM_X86_DEFAULT_VM);
const both = GUEST_MEMFD_FLAG_MMAP | GUEST_MEMFD_FLAG_INIT_SHARED;
const fd = vm.kvm_create_guest_memfd(PAGE, both);
const view = qemu.mmap(0, PAGE, PROT_READ | PROT_WRITE, MAP_SHARED, fd, 0);
const flags = KVM_MEM_GUEST_MEMFD;
const slot = { slot: 0, flags, guest_phys_addr: 0, memory_size: PAGE, guest_memfd: fd };
vm.kvm_set_user_memory_region2(slot); // → 0

qemu.store(view, 5); // → 0
qemu.close(fd); // → 0
// No descriptor is left, and the guest still has its page.
vm.guest_load(0); // → 5
vm.guest_store(0, 6); // → 0
qemu.load(view); // → 6

// The mapping was the last reference.
qemu.munmap(view, PAGE); // → 0
vm.guest_load(0); // → KVM_EXIT_MEMORY_FAULT { errno: EFAULT, flags: 0, gpa: 0x0, size: 0x1000 }
