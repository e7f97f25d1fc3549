/** A hole that is bound begins and ends one invalidation; the count tells a fault that it has to start again. */
import {
  FALLOC_FL_KEEP_SIZE,
  FALLOC_FL_PUNCH_HOLE,
  Host,
  KVM_MEM_GUEST_MEMFD,
  KVM_X86_DEFAULT_VM,
  KvmVm,
  linux,
  PAGE,
} from 'unmapped';

const host = new Host(linux('6.18.44'));
const qemu = host.process('qemu');
const vm = new KvmVm(qemu, 'vm', KVM_X86_DEFAULT_VM);
const fd = vm.kvm_create_guest_memfd(4 * PAGE, 1);
const flags = KVM_MEM_GUEST_MEMFD;
const slot = { slot: 0, flags, guest_phys_addr: 0, memory_size: 2 * PAGE, guest_memfd: fd };
vm.kvm_set_user_memory_region2(slot); // → 0
vm.guest_store(0, 1); // → 0

// A fault that has looked up the page remembers this number.
const seen = vm.sequence;
const punch = FALLOC_FL_PUNCH_HOLE | FALLOC_FL_KEEP_SIZE;
qemu.fallocate(fd, punch, 0, PAGE); // → 0
vm.sequence === seen; // → false
vm.invalidations; // → 0

// Nothing is bound to the last page: no guest has to be told.
const then = vm.sequence;
qemu.fallocate(fd, punch, 3 * PAGE, PAGE); // → 0
vm.sequence === then; // → true
