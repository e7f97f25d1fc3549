/** The payload written into its own page: shared first, then private with its bytes, then launched without a source. */
import {
  GUEST_MEMFD_FLAG_MMAP,
  Host,
  KVM_MEM_GUEST_MEMFD,
  KVM_MEMORY_ATTRIBUTE_PRIVATE,
  MAP_SHARED,
  PAGE,
  PROT_READ,
  PROT_WRITE,
  SNP_PAGE_TYPE_NORMAL,
} from 'unmapped';
import {
  KVM_SET_MEMORY_ATTRIBUTES2_PRESERVE,
  kvm_set_memory_attributes2,
  SnpInPlaceVm,
  snpInPlace,
} from 'unmapped/proposals/snp-in-place';

const host = new Host(snpInPlace);
const qemu = host.process('qemu');
const vm = new SnpInPlaceVm(qemu, 'vm');
const fd = vm.kvm_create_guest_memfd(PAGE, GUEST_MEMFD_FLAG_MMAP);
const slot = { slot: 0, flags: KVM_MEM_GUEST_MEMFD, guest_phys_addr: 0, memory_size: PAGE };
vm.kvm_set_user_memory_region2({ ...slot, guest_memfd: fd }); // → 0

// The VMM writes the image where it will run.
const view = qemu.mmap(0, PAGE, PROT_READ | PROT_WRITE, MAP_SHARED, fd, 0);
const page = { offset: 0, size: PAGE };
kvm_set_memory_attributes2(qemu, fd, { ...page, attributes: 0 }); // → 0
qemu.store(view, 0x7f); // → 0

// Private, its bytes kept: this is possible before the launch is finished only.
const toPrivate = { ...page, attributes: KVM_MEMORY_ATTRIBUTE_PRIVATE, flags: KVM_SET_MEMORY_ATTRIBUTES2_PRESERVE };
kvm_set_memory_attributes2(qemu, fd, toPrivate); // → 0
qemu.store(view, 0); // → SIGBUS

// No source: uaddr is 0, the page has its bytes.
vm.kvm_sev_snp_launch_start(); // → 0
const update = { gfn_start: 0, uaddr: 0, len: PAGE, type: SNP_PAGE_TYPE_NORMAL };
vm.kvm_sev_snp_launch_update(update); // → 0
vm.digest; // → a184c666d97590c7…
vm.kvm_sev_snp_launch_finish(); // → 0
vm.guest_load(0); // → 127
kvm_set_memory_attributes2(qemu, fd, toPrivate); // → -EOPNOTSUPP
