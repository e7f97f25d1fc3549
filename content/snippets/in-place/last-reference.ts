/** A page cannot become private while somebody in the kernel still holds it. */
import {
  at,
  GUEST_MEMFD_FLAG_INIT_SHARED,
  GUEST_MEMFD_FLAG_MMAP,
  Host,
  KVM_MEMORY_ATTRIBUTE_PRIVATE,
  MAP_SHARED,
  PAGE,
  Pin,
  PROT_READ,
  PROT_WRITE,
} from 'unmapped';
import { inPlaceV8, kvm_create_vm, kvm_set_memory_attributes2 } from 'unmapped/proposals/in-place';

const host = new Host(inPlaceV8);
const qemu = host.process('qemu');
const vm = kvm_create_vm(qemu, 'vm');
const both = GUEST_MEMFD_FLAG_MMAP | GUEST_MEMFD_FLAG_INIT_SHARED;
const fd = vm.kvm_create_guest_memfd(2 * PAGE, both);
const view = qemu.mmap(0, 2 * PAGE, PROT_READ | PROT_WRITE, MAP_SHARED, fd, 0);
qemu.store(view, 1); // → 0
qemu.store(at(view, PAGE), 2); // → 0

// The second page goes into a pipe: a reference, and no mapping.
const pin = qemu.vmsplice(at(view, PAGE), PAGE);
qemu.munmap(view, 2 * PAGE); // → 0

const attributes = KVM_MEMORY_ATTRIBUTE_PRIVATE;
const all = { offset: 0, size: 2 * PAGE, attributes, error_offset: 0 };
kvm_set_memory_attributes2(qemu, fd, all); // → -EAGAIN
all.error_offset; // → 4096

if (pin instanceof Pin) pin.release(); // → 0
kvm_set_memory_attributes2(qemu, fd, all); // → 0
