/** A page that the firmware does not give back is never used again, and the VM does not live on. */
import {
  Host,
  KVM_MEM_GUEST_MEMFD,
  KVM_MEMORY_ATTRIBUTE_PRIVATE,
  linux,
  MAP_ANONYMOUS,
  MAP_SHARED,
  PAGE,
  PROT_READ,
  PROT_WRITE,
  SNP_PAGE_TYPE_CPUID,
  SnpVm,
} from 'unmapped';

const host = new Host(linux('6.16.1'));
const qemu = host.process('qemu');
const vm = new SnpVm(qemu, 'vm');
const fd = vm.kvm_create_guest_memfd(PAGE);
const slot = { slot: 0, flags: KVM_MEM_GUEST_MEMFD, guest_phys_addr: 0, memory_size: PAGE };
vm.kvm_set_user_memory_region2({ ...slot, guest_memfd: fd }); // → 0
vm.kvm_set_memory_attributes({ address: 0, size: PAGE, attributes: KVM_MEMORY_ATTRIBUTE_PRIVATE }); // → 0
vm.kvm_sev_snp_launch_start(); // → 0

// A CPUID table that says it has 65 entries is refused, and then the reclaim fails as well.
const buffer = qemu.mmap(0, PAGE, PROT_READ | PROT_WRITE, MAP_SHARED | MAP_ANONYMOUS, -1, 0);
qemu.store(buffer, 65); // → 0
vm.platform.reclaim_fails = true;
const update = { gfn_start: 0, uaddr: buffer, len: PAGE, type: SNP_PAGE_TYPE_CPUID };
vm.kvm_sev_snp_launch_update(update); // → -EIO
vm.rmp_state(0); // → 'Pre-Guest'
const pfn = vm.pfn(0);
[...vm.platform.leaked].length; // → 1

// KVM_BUG: no command reaches the VM any more, and its end does not free the page.
vm.kvm_sev_snp_launch_update(update); // → -EIO
const used = host.memory.used;
qemu.close(fd);
host.memory.used - used; // → 0
host.kernel_write(pfn, 0, 1); // → oops
