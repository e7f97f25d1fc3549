/** Between the check and the use: somebody changes the RMP after KVM has launched a page. The host goes on; the guest finds out. */
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

const host = new Host(linux('6.16.1'));
const qemu = host.process('qemu');
const vm = new SnpVm(qemu, 'vm');
const buffer = qemu.mmap(0, PAGE, PROT_READ | PROT_WRITE, MAP_SHARED | MAP_ANONYMOUS, -1, 0);
qemu.store(buffer, 0x7f); // → 0
const slot = { slot: 0, flags: KVM_MEM_GUEST_MEMFD, guest_phys_addr: 0, memory_size: PAGE };
vm.kvm_set_user_memory_region2({ ...slot, guest_memfd: vm.kvm_create_guest_memfd(PAGE) }); // → 0
vm.kvm_set_memory_attributes({ address: 0, size: PAGE, attributes: KVM_MEMORY_ATTRIBUTE_PRIVATE }); // → 0
vm.kvm_sev_snp_launch_start(); // → 0
vm.kvm_sev_snp_launch_update({ gfn_start: 0, uaddr: buffer, len: PAGE, type: SNP_PAGE_TYPE_NORMAL }); // → 0
const expected = vm.digest?.hex;

// The host takes the page, writes other bytes, and gives it back.
const pfn = vm.pfn(0);
const given = { assigned: 1, asid: vm.asid, gpa: 0 } as const;
vm.platform.rmpupdate(pfn); // → 0
host.kernel_write(pfn, 0, 1); // → 0
vm.platform.rmpupdate(pfn, given); // → 0

// Nothing told KVM. The digest is the expected one; the page is not validated any more.
vm.kvm_sev_snp_launch_finish(); // → 0
vm.digest?.hex === expected; // → true
vm.guest_load(0); // → #VC 0x404
