/** A guest_memfd has no read, no write and no mapping; what is left is to allocate pages and to give them back. */
import {
  FALLOC_FL_KEEP_SIZE,
  FALLOC_FL_PUNCH_HOLE,
  Host,
  KVM_X86_SW_PROTECTED_VM,
  KvmVm,
  linux,
  MAP_SHARED,
  O_RDWR,
  PAGE,
  PROT_READ,
} from 'unmapped';

const host = new Host(linux('6.12.117'));
const qemu = host.process('qemu');
const vm = new KvmVm(qemu, 'vm', KVM_X86_SW_PROTECTED_VM);
const fd = vm.kvm_create_guest_memfd(4 * PAGE);

qemu.write(fd, 'payload'); // → -EINVAL
qemu.pread(fd, new Uint8Array(4), 0); // → -ESPIPE
qemu.mmap(0, PAGE, PROT_READ, MAP_SHARED, fd, 0); // → -ENODEV
qemu.ftruncate(fd, 8 * PAGE); // → -EINVAL
qemu.open(`/proc/self/fd/${fd}`, O_RDWR); // → -ENXIO

// The size was given once. Pages come and go inside it.
qemu.fallocate(fd, 0, 0, PAGE); // → -EOPNOTSUPP
qemu.fallocate(fd, FALLOC_FL_KEEP_SIZE, 0, 2 * PAGE); // → 0
const punch = FALLOC_FL_PUNCH_HOLE | FALLOC_FL_KEEP_SIZE;
qemu.fallocate(fd, punch, 0, PAGE); // → 0
