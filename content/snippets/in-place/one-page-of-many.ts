/** Private and shared side by side in one file: a touch of the host is judged page by page. */
import { at, GUEST_MEMFD_FLAG_MMAP, Host, KVM_X86_TDX_VM, MAP_SHARED, PAGE, PROT_READ } from 'unmapped';
import { inPlaceV8, kvm_create_vm, kvm_set_memory_attributes2 } from 'unmapped/proposals/in-place';

const host = new Host(inPlaceV8);
const qemu = host.process('qemu');
const vm = kvm_create_vm(qemu, 'vm', KVM_X86_TDX_VM);
const fd = vm.kvm_create_guest_memfd(4 * PAGE, GUEST_MEMFD_FLAG_MMAP);
const view = qemu.mmap(0, 4 * PAGE, PROT_READ, MAP_SHARED, fd, 0);

// The guest asks to share its third page, a buffer for I/O.
const buffer = { offset: 2 * PAGE, size: PAGE, attributes: 0 };
kvm_set_memory_attributes2(qemu, fd, buffer); // → 0

qemu.load(view); // → SIGBUS
qemu.load(at(view, 2 * PAGE)); // → 0
qemu.load(at(view, 3 * PAGE)); // → SIGBUS

// A read by a system call follows the same rule.
const bytes = new Uint8Array(1);
qemu.process_vm_readv(qemu, at(view, 2 * PAGE), bytes); // → 1
qemu.process_vm_readv(qemu, view, bytes); // → -EFAULT
