/** What KVM_CREATE_GUEST_MEMFD checks, and what it does not. */
import { Host, KVM_X86_DEFAULT_VM, KvmVm, linux, PAGE } from 'unmapped';

const host = new Host(linux('6.18.44'));
const qemu = host.process('qemu');
const vm = new KvmVm(qemu, 'vm', KVM_X86_DEFAULT_VM);

// Flags first: 4 is unknown. Then the size: whole pages, not none.
vm.kvm_create_guest_memfd(0, 4); // → -EINVAL
vm.kvm_create_guest_memfd(0); // → -EINVAL
vm.kvm_create_guest_memfd(100); // → -EINVAL

// A size costs nothing: no page is allocated.
const fd = vm.kvm_create_guest_memfd(2 ** 62);
qemu.fstat(fd); // → { st_size: 0x4000000000000000, st_mode: 0100600, st_blocks: 0 }

// Only the process that made the VM may use its ioctls.
const child = qemu.fork('child');
vm.kvm_create_guest_memfd(PAGE, 0, child); // → -EIO
child.fallocate(fd, 1, 0, PAGE); // → 0
