/** A hole reaches through mappings of the host and of the guest: the next touch gives a fresh page of zeros. */
import {
  FALLOC_FL_KEEP_SIZE,
  FALLOC_FL_PUNCH_HOLE,
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
const fd = vm.kvm_create_guest_memfd(2 * PAGE, both);
const flags = KVM_MEM_GUEST_MEMFD;
const slot = { slot: 0, flags, guest_phys_addr: 0, memory_size: 2 * PAGE, guest_memfd: fd };
vm.kvm_set_user_memory_region2(slot); // → 0
const view = qemu.mmap(0, 2 * PAGE, PROT_READ | PROT_WRITE, MAP_SHARED, fd, 0);

vm.guest_store(0, 1); // → 0
vm.guest_store(PAGE, 2); // → 0
qemu.load(view); // → 1

const punch = FALLOC_FL_PUNCH_HOLE | FALLOC_FL_KEEP_SIZE;
qemu.fallocate(fd, punch, 0, PAGE); // → 0
vm.guest_load(0); // → 0
qemu.load(view); // → 0
vm.guest_load(PAGE); // → 2
