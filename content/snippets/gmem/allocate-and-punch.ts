/** fallocate on a guest_memfd: allocation has to fit into the file, a hole may be anywhere. */
import {
  FALLOC_FL_KEEP_SIZE,
  FALLOC_FL_PUNCH_HOLE,
  GUEST_MEMFD_FLAG_INIT_SHARED,
  GUEST_MEMFD_FLAG_MMAP,
  Host,
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
const fd = vm.kvm_create_guest_memfd(4 * PAGE, both);
const view = qemu.mmap(0, PAGE, PROT_READ | PROT_WRITE, MAP_SHARED, fd, 0);
qemu.store(view, 1); // → 0

const keep = FALLOC_FL_KEEP_SIZE;
qemu.fallocate(fd, 0, 0, PAGE); // → -EOPNOTSUPP
qemu.fallocate(fd, keep, 100, PAGE); // → -EINVAL
qemu.fallocate(fd, keep, 3 * PAGE, 2 * PAGE); // → -EINVAL
// Allocating again keeps what is there.
qemu.fallocate(fd, keep, 0, 4 * PAGE); // → 0
qemu.load(view); // → 1

// A hole may end behind the file, or begin there.
const punch = FALLOC_FL_PUNCH_HOLE | keep;
qemu.fallocate(fd, punch, 3 * PAGE, 8 * PAGE); // → 0
qemu.fallocate(fd, punch, 16 * PAGE, PAGE); // → 0
