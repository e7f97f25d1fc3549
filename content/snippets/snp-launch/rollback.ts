/** One page of four is refused: what the earlier pages are left as, in the reviewed form. */
import {
  Host,
  KVM_MEM_GUEST_MEMFD,
  MAP_ANONYMOUS,
  MAP_SHARED,
  PAGE,
  PROT_NONE,
  PROT_READ,
  PROT_WRITE,
  SNP_PAGE_TYPE_NORMAL,
} from 'unmapped';
import { SnpV11Vm, snpV11 } from 'unmapped/proposals/snp-v11';

const host = new Host(snpV11);
const qemu = host.process('qemu');
const vm = new SnpV11Vm(qemu, 'vm');
const size = 4 * PAGE;
const ram = qemu.mmap(0, size, PROT_READ | PROT_WRITE, MAP_SHARED | MAP_ANONYMOUS, -1, 0) as number;
const slot = { slot: 0, flags: KVM_MEM_GUEST_MEMFD, guest_phys_addr: 0, memory_size: size };
vm.kvm_set_user_memory_region2({ ...slot, userspace_addr: ram, guest_memfd: vm.kvm_create_guest_memfd(size) }); // → 0
vm.kvm_sev_snp_launch_start(); // → 0
const empty = vm.digest?.hex;
const update = { start_gfn: 0, uaddr: ram, len: size, page_type: SNP_PAGE_TYPE_NORMAL };

// get page, copy, assign, firmware: for the third page the second step fails.
qemu.mprotect(ram + 2 * PAGE, PAGE, PROT_NONE); // → 0
vm.snp_launch_update_v11(update); // → -EFAULT
vm.rmp_state(0); // → 'Hypervisor'
vm.rmp_state(3 * PAGE); // → -ENOENT

// The pages are back. The digest is not: two records stay in it for ever.
vm.context?.pages; // → 2
vm.digest?.hex === empty; // → false
qemu.mprotect(ram + 2 * PAGE, PAGE, PROT_READ); // → 0
vm.snp_launch_update_v11(update); // → 0
vm.context?.pages; // → 6
