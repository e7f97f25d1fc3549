/** The command as reviewed: the payload is the shared half of the very page that it becomes, found through the slots. */
import {
  Host,
  KVM_MEM_GUEST_MEMFD,
  KVM_MEMORY_ATTRIBUTE_PRIVATE,
  MAP_ANONYMOUS,
  MAP_SHARED,
  PAGE,
  PROT_READ,
  PROT_WRITE,
  SNP_PAGE_TYPE_NORMAL,
} from 'unmapped';
import { SnpV11Vm, snpV11 } from 'unmapped/proposals/snp-v11';

const host = new Host(snpV11);
const qemu = host.process('qemu');
const vm = new SnpV11Vm(qemu, 'vm');
const guest_memfd = vm.kvm_create_guest_memfd(PAGE);
const ram = qemu.mmap(0, PAGE, PROT_READ | PROT_WRITE, MAP_SHARED | MAP_ANONYMOUS, -1, 0);
const slot = { slot: 0, flags: KVM_MEM_GUEST_MEMFD, guest_phys_addr: 0, memory_size: PAGE };
vm.kvm_set_user_memory_region2({ ...slot, userspace_addr: ram, guest_memfd }); // → 0
qemu.store(ram, 0x7f); // → 0

// start_gfn says frame 99; nobody reads it. The address finds the slot, the slot finds frame 0.
vm.kvm_sev_snp_launch_start(); // → 0
const update = { start_gfn: 99, uaddr: ram, len: PAGE, page_type: SNP_PAGE_TYPE_NORMAL };
vm.snp_launch_update_v11(update); // → 0
vm.context?.pages; // → 1
vm.rmp_state(0); // → 'Guest-Valid'

// The attribute comes afterwards; until then the guest's own access does not reach the page.
vm.guest_load(0); // → KVM_EXIT_MEMORY_FAULT { errno: EFAULT, flags: KVM_MEMORY_EXIT_FLAG_PRIVATE, gpa: 0x0, size: 0x1000 }
vm.kvm_set_memory_attributes({ address: 0, size: PAGE, attributes: KVM_MEMORY_ATTRIBUTE_PRIVATE }); // → 0
vm.guest_load(0); // → 127
qemu.load(ram); // → 127
