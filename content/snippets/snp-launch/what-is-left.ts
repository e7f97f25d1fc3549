/** Lengths are bytes, and a command that got only part of the way says what is left. */
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
  SNP_PAGE_TYPE_NORMAL,
  SnpVm,
} from 'unmapped';

const qemu = new Host(linux('6.16.1')).process('qemu');
const vm = new SnpVm(qemu, 'vm');
const size = 4 * PAGE;
const buffer = qemu.mmap(0, size, PROT_READ | PROT_WRITE, MAP_SHARED | MAP_ANONYMOUS, -1, 0);
const slot = { slot: 0, flags: KVM_MEM_GUEST_MEMFD, guest_phys_addr: 0, memory_size: size };
vm.kvm_set_user_memory_region2({ ...slot, guest_memfd: vm.kvm_create_guest_memfd(size) }); // → 0
vm.kvm_sev_snp_launch_start(); // → 0

// Two pages of four are private.
const attributes = KVM_MEMORY_ATTRIBUTE_PRIVATE;
vm.kvm_set_memory_attributes({ address: 0, size: 2 * PAGE, attributes }); // → 0
const update = { gfn_start: 0, uaddr: buffer, len: size, type: SNP_PAGE_TYPE_NORMAL };
vm.kvm_sev_snp_launch_update(update); // → 0
[update.gfn_start, update.len]; // → [2, 8192]

// Called again it stops at the first page of its list, and only now says so.
vm.kvm_sev_snp_launch_update(update); // → -EIO
vm.kvm_set_memory_attributes({ address: 2 * PAGE, size: 2 * PAGE, attributes }); // → 0
vm.kvm_sev_snp_launch_update(update); // → 0
[update.gfn_start, update.len]; // → [4, 0]
