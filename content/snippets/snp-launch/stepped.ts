/** A launch, step by step: what user space wants, what the file has, what the RMP says, what the firmware has measured. */
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
  SNP_PAGE_TYPE_ZERO,
  SnpVm,
} from 'unmapped';

const qemu = new Host(linux('6.16.1')).process('qemu');
const vm = new SnpVm(qemu, 'vm');
const size = 3 * PAGE;
const image = qemu.mmap(0, PAGE, PROT_READ | PROT_WRITE, MAP_SHARED | MAP_ANONYMOUS, -1, 0);
const slot = { slot: 0, flags: KVM_MEM_GUEST_MEMFD, guest_phys_addr: 0, memory_size: size };
vm.kvm_set_user_memory_region2({ ...slot, guest_memfd: vm.kvm_create_guest_memfd(size) });
vm.kvm_sev_snp_launch_start();
vm.tables('a guest of three pages, a context, no content');

vm.kvm_set_memory_attributes({ address: 0, size, attributes: KVM_MEMORY_ATTRIBUTE_PRIVATE });
vm.tables('user space says: private; no page is there yet');

vm.kvm_sev_snp_launch_update({ gfn_start: 0, uaddr: image, len: PAGE, type: SNP_PAGE_TYPE_NORMAL });
vm.tables('loaded: copied, assigned, measured, encrypted; the direct map is split');

vm.kvm_sev_snp_launch_update({ gfn_start: 1, uaddr: 0, len: PAGE, type: SNP_PAGE_TYPE_ZERO });
vm.tables('a page of zeros has no source');

vm.kvm_sev_snp_launch_finish();
vm.digest; // → 3bb77aec4f0d90c1…
vm.guest_store(2 * PAGE, 1); // → #VC 0x404
vm.tables('running: the first touch of another page assigns it');

vm.guest_pvalidate(2 * PAGE, 1); // → ok, CF 0
vm.tables('the guest accepts the page');
