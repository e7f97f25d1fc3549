/** An RMP entry of 2 MiB, and a guest that works in 4 KiB: KVM splits the entry and lets the guest try again. */
import {
  FALLOC_FL_KEEP_SIZE,
  Host,
  KVM_MEM_GUEST_MEMFD,
  KVM_MEMORY_ATTRIBUTE_PRIVATE,
  linux,
  PAGE,
  SnpVm,
} from 'unmapped';

// guest_memfd has no pages of 2 MiB in any kernel that was read; the code that would use them is there.
const size = 512 * PAGE;
const qemu = new Host(linux('6.16.1')).process('qemu');
const vm = new SnpVm(qemu, 'vm', { entries: '2M' });
const fd = vm.kvm_create_guest_memfd(size);
qemu.fallocate(fd, FALLOC_FL_KEEP_SIZE, 0, size); // → 0
const slot = { slot: 0, flags: KVM_MEM_GUEST_MEMFD, guest_phys_addr: 0, memory_size: size };
vm.kvm_set_user_memory_region2({ ...slot, guest_memfd: fd }); // → 0
vm.kvm_set_memory_attributes({ address: 0, size, attributes: KVM_MEMORY_ATTRIBUTE_PRIVATE }); // → 0

// The first touch makes one entry for 512 pages, and no split of the direct map.
vm.kvm_pre_fault_memory(0, PAGE); // → 0
const { rmp, directMap } = vm.platform;
rmp.lookup(vm.pfn(5 * PAGE) as number)?.page_size; // → 1
directMap.splits; // → 0

// PVALIDATE of 4 KiB: nested fault, PSMASH, again.
vm.guest_pvalidate(5 * PAGE, 1); // → ok, CF 0
rmp.lookup(vm.pfn(5 * PAGE) as number)?.page_size; // → 0
vm.guest_store(5 * PAGE, 1); // → 0
vm.guest_store(6 * PAGE, 1); // → #VC 0x404
