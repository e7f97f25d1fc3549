/** A conversion to shared leaves the RMP as it is; what gives the page back is the hole that the VMM punches. */
import {
  FALLOC_FL_KEEP_SIZE,
  FALLOC_FL_PUNCH_HOLE,
  Host,
  KVM_MEM_GUEST_MEMFD,
  KVM_MEMORY_ATTRIBUTE_PRIVATE,
  linux,
  PAGE,
  SnpVm,
} from 'unmapped';

const host = new Host(linux('6.16.1'));
const qemu = host.process('qemu');
const vm = new SnpVm(qemu, 'vm');
const fd = vm.kvm_create_guest_memfd(2 * PAGE);
const slot = { slot: 0, flags: KVM_MEM_GUEST_MEMFD, guest_phys_addr: 0, memory_size: 2 * PAGE };
vm.kvm_set_user_memory_region2({ ...slot, guest_memfd: fd }); // → 0
const all = { address: 0, size: 2 * PAGE };
vm.kvm_set_memory_attributes({ ...all, attributes: KVM_MEMORY_ATTRIBUTE_PRIVATE }); // → 0
vm.guest_pvalidate(0, 1); // → ok, CF 0
vm.guest_pvalidate(PAGE, 1); // → ok, CF 0
const pfn = vm.pfn(0);

// Shared by its attribute; the guest's by the RMP.
vm.kvm_set_memory_attributes({ ...all, attributes: 0 }); // → 0
vm.rmp_state(0); // → 'Guest-Valid'
host.kernel_write(pfn, 0, 1); // → oops

// Private again, without a hole between: the guest finds its page validated.
vm.kvm_set_memory_attributes({ ...all, attributes: KVM_MEMORY_ATTRIBUTE_PRIVATE }); // → 0
vm.guest_pvalidate(0, 1); // → ok, CF 1

// The hole takes page 0 from the guest, in the RMP too.
qemu.fallocate(fd, FALLOC_FL_PUNCH_HOLE | FALLOC_FL_KEEP_SIZE, 0, PAGE); // → 0
host.kernel_write(pfn, 0, 1); // → 0
vm.guest_pvalidate(0, 1); // → ok, CF 0
