/** A slot bound to a file that can be mapped takes every guest access from the file; the address it names is not used. */
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
const prot = PROT_READ | PROT_WRITE;

// The slot names the address of another file's mapping.
const other = qemu.memfd_create('not-the-guest', 0);
qemu.ftruncate(other, PAGE); // → 0
const wrong = qemu.mmap(0, PAGE, prot, MAP_SHARED, other, 0);
qemu.store(wrong, 1); // → 0

const both = GUEST_MEMFD_FLAG_MMAP | GUEST_MEMFD_FLAG_INIT_SHARED;
const fd = vm.kvm_create_guest_memfd(PAGE, both);
const slot = {
  slot: 0,
  flags: KVM_MEM_GUEST_MEMFD,
  guest_phys_addr: 0,
  memory_size: PAGE,
  userspace_addr: wrong,
  guest_memfd: fd,
};
vm.kvm_set_user_memory_region2(slot); // → 0
host.picture('one slot, an address that is ignored, and a file');

// The guest sees the file. So does a mapping of the file.
vm.guest_load(0); // → 0
vm.guest_store(0, 2); // → 0
const right = qemu.mmap(0, PAGE, prot, MAP_SHARED, fd, 0);
qemu.load(right); // → 2
qemu.load(wrong); // → 1
host.picture('guest and host share one page');
