/** A payload that does not begin on a page: taken in 6.16.1, refused since 7.0. */
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

function launch(version: string, offset: number) {
  const qemu = new Host(linux(version)).process('qemu');
  const vm = new SnpVm(qemu, 'vm');
  const buffer = qemu.mmap(0, 2 * PAGE, PROT_READ | PROT_WRITE, MAP_SHARED | MAP_ANONYMOUS, -1, 0);
  const slot = { slot: 0, flags: KVM_MEM_GUEST_MEMFD, guest_phys_addr: 0, memory_size: PAGE };
  vm.kvm_set_user_memory_region2({ ...slot, guest_memfd: vm.kvm_create_guest_memfd(PAGE) });
  vm.kvm_set_memory_attributes({ address: 0, size: PAGE, attributes: KVM_MEMORY_ATTRIBUTE_PRIVATE });
  vm.kvm_sev_snp_launch_start();
  const uaddr = (buffer as number) + offset;
  qemu.store(uaddr, 9);
  return [vm.kvm_sev_snp_launch_update({ gfn_start: 0, uaddr, len: PAGE, type: SNP_PAGE_TYPE_NORMAL }), vm.guest_load(0)];
}

launch('6.16.1', 0); // → [0, 9]
launch('6.16.1', 100); // → [0, 9]
// guest_memfd of 01f492e1817e, and the patches that were applied for 7.0.
launch('01f492e1817e', 0); // → [0, 9]
launch('01f492e1817e', 100); // → [-EINVAL, #VC 0x404]
