/** Attribute and payload in both orders, before and after the review. */
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
import { SnpV11Vm, snpV11 } from 'unmapped/proposals/snp-v11';

const PRIVATE = { address: 0, size: PAGE, attributes: KVM_MEMORY_ATTRIBUTE_PRIVATE };

// As reviewed: the command does not look, and whoever forgets the attribute learns it from the guest.
const then = new Host(snpV11).process('qemu');
const old = new SnpV11Vm(then, 'old');
const ram = then.mmap(0, PAGE, PROT_READ | PROT_WRITE, MAP_SHARED | MAP_ANONYMOUS, -1, 0);
const slot = { slot: 0, flags: KVM_MEM_GUEST_MEMFD, guest_phys_addr: 0, memory_size: PAGE };
old.kvm_set_user_memory_region2({ ...slot, userspace_addr: ram, guest_memfd: old.kvm_create_guest_memfd(PAGE) }); // → 0
old.kvm_sev_snp_launch_start(); // → 0
old.snp_launch_update_v11({ start_gfn: 0, uaddr: ram, len: PAGE, page_type: SNP_PAGE_TYPE_NORMAL }); // → 0
old.kvm_sev_snp_launch_finish(); // → 0
old.guest_load(0); // → KVM_EXIT_MEMORY_FAULT { errno: EFAULT, flags: KVM_MEMORY_EXIT_FLAG_PRIVATE, gpa: 0x0, size: 0x1000 }

// As merged: no attribute, no payload.
const qemu = new Host(linux('6.16.1')).process('qemu');
const vm = new SnpVm(qemu, 'vm');
const buffer = qemu.mmap(0, PAGE, PROT_READ | PROT_WRITE, MAP_SHARED | MAP_ANONYMOUS, -1, 0);
vm.kvm_set_user_memory_region2({ ...slot, guest_memfd: vm.kvm_create_guest_memfd(PAGE) }); // → 0
vm.kvm_sev_snp_launch_start(); // → 0
const update = { gfn_start: 0, uaddr: buffer, len: PAGE, type: SNP_PAGE_TYPE_NORMAL };
vm.kvm_sev_snp_launch_update(update); // → -EIO
vm.kvm_set_memory_attributes(PRIVATE); // → 0
vm.kvm_sev_snp_launch_update(update); // → 0
