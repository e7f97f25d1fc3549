/** The file holds the VM, and the slot does not hold the file. */
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
const shared = GUEST_MEMFD_FLAG_MMAP | GUEST_MEMFD_FLAG_INIT_SHARED;

// A bound file is closed. The slot loses it and stays where it is.
const first = vm.kvm_create_guest_memfd(2 * PAGE, shared);
const flags = KVM_MEM_GUEST_MEMFD;
const slot = { slot: 0, flags, guest_phys_addr: 0, memory_size: 2 * PAGE };
vm.kvm_set_user_memory_region2({ ...slot, guest_memfd: first }); // → 0
vm.guest_store(0, 7); // → 0
host.picture('bound: slot, file and page');
qemu.close(first); // → 0
host.picture('closed: the slot is empty');
vm.guest_load(0); // → KVM_EXIT_MEMORY_FAULT { errno: EFAULT, flags: 0, gpa: 0x0, size: 0x1000 }

// Its guest addresses are taken until it is deleted.
const second = vm.kvm_create_guest_memfd(2 * PAGE, shared);
vm.kvm_set_user_memory_region2({ ...slot, slot: 1, guest_memfd: second }); // → -EEXIST
vm.kvm_set_user_memory_region2({ ...slot, memory_size: 0 }); // → 0
vm.kvm_set_user_memory_region2({ ...slot, slot: 1, guest_memfd: second }); // → 0

// The VM is closed first. The file goes on working, and keeps it.
vm.close();
const addr = qemu.mmap(0, PAGE, PROT_READ | PROT_WRITE, MAP_SHARED, second, 0);
qemu.store(addr, 9); // → 0
qemu.load(addr); // → 9
vm.freed; // → false
