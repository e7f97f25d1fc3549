/** Two flags, two questions: may the file be mapped, and may a mapping be touched. */
import {
  FALLOC_FL_KEEP_SIZE,
  GUEST_MEMFD_FLAG_INIT_SHARED,
  GUEST_MEMFD_FLAG_MMAP,
  Host,
  KVM_X86_DEFAULT_VM,
  KvmVm,
  linux,
  MAP_PRIVATE,
  MAP_SHARED,
  PAGE,
  PROT_READ,
  PROT_WRITE,
} from 'unmapped';

const host = new Host(linux('6.18.44'));
const qemu = host.process('qemu');
const vm = new KvmVm(qemu, 'vm', KVM_X86_DEFAULT_VM);
const prot = PROT_READ | PROT_WRITE;

const neither = vm.kvm_create_guest_memfd(PAGE, 0);
qemu.mmap(0, PAGE, prot, MAP_SHARED, neither, 0); // → -ENODEV

// Mapped, and private to the guest: every touch is a SIGBUS, whether or
// not the page exists.
const mapped = vm.kvm_create_guest_memfd(PAGE, GUEST_MEMFD_FLAG_MMAP);
const view = qemu.mmap(0, PAGE, prot, MAP_SHARED, mapped, 0);
qemu.load(view); // → SIGBUS
qemu.fallocate(mapped, FALLOC_FL_KEEP_SIZE, 0, PAGE); // → 0
qemu.load(view); // → SIGBUS

// Mapped and shared: a page of zeros at the first touch.
const both = GUEST_MEMFD_FLAG_MMAP | GUEST_MEMFD_FLAG_INIT_SHARED;
const shared = vm.kvm_create_guest_memfd(PAGE, both);
const open = qemu.mmap(0, PAGE, prot, MAP_SHARED, shared, 0);
qemu.load(open); // → 0
qemu.store(open, 5); // → 0
qemu.mmap(0, PAGE, prot, MAP_PRIVATE, shared, 0); // → -EINVAL
