/** Two records of one fact: the file's mark that a page is prepared, and the RMP. What happens when they differ. */
import {
  Host,
  KVM_MEM_GUEST_MEMFD,
  KVM_MEMORY_ATTRIBUTE_PRIVATE,
  linux,
  PAGE,
  SnpVm,
} from 'unmapped';

function diverge(version: string) {
  const qemu = new Host(linux(version)).process('qemu');
  const vm = new SnpVm(qemu, 'vm');
  const slot = { slot: 0, flags: KVM_MEM_GUEST_MEMFD, guest_phys_addr: 0, memory_size: PAGE };
  vm.kvm_set_user_memory_region2({ ...slot, guest_memfd: vm.kvm_create_guest_memfd(PAGE) });
  vm.kvm_set_memory_attributes({ address: 0, size: PAGE, attributes: KVM_MEMORY_ATTRIBUTE_PRIVATE });
  const first = vm.guest_pvalidate(0, 1);
  // Something takes the page back in the RMP and does not tell the file.
  vm.platform.rmpupdate(vm.pfn(0));
  return [first, vm.guest_load(0), vm.guest_pvalidate(0, 1), vm.guest_store(0, 1)];
}

// 6.16.1 asks its own mark, which says prepared: the guest faults for ever.
diverge('6.16.1'); // → [ok, CF 0, #NPF { RMP, ENC }, #NPF { RMP, ENC }, #NPF { RMP, ENC }]
// Without the mark the back-end is asked at every fault, and it looks into the RMP.
diverge('01f492e1817e'); // → [ok, CF 0, #VC 0x404, ok, CF 0, 0]
