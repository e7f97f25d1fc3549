/** What giving pages away costs the direct map: changes under the one lock that all guests share. */
import {
  FALLOC_FL_KEEP_SIZE,
  FALLOC_FL_PUNCH_HOLE,
  Host,
  KVM_MEM_GUEST_MEMFD,
  KVM_MEMORY_ATTRIBUTE_PRIVATE,
  linux,
  PAGE,
  type SnpOptions,
  SnpVm,
} from 'unmapped';
import { SnpV11Vm, snpV11 } from 'unmapped/proposals/snp-v11';

const PAGES = 512;

/** A guest accepts pages one by one, and gives them all back. */
function lazy(make: () => SnpVm) {
  const vm = make();
  const size = PAGES * PAGE;
  const fd = vm.kvm_create_guest_memfd(size);
  vm.process.fallocate(fd, FALLOC_FL_KEEP_SIZE, 0, size);
  const slot = { slot: 0, flags: KVM_MEM_GUEST_MEMFD, guest_phys_addr: 0, memory_size: size };
  vm.kvm_set_user_memory_region2({ ...slot, guest_memfd: fd });
  vm.kvm_set_memory_attributes({ address: 0, size, attributes: KVM_MEMORY_ATTRIBUTE_PRIVATE });
  for (let page = 0; page < PAGES; page++) vm.guest_pvalidate(page * PAGE, 1);
  vm.process.fallocate(fd, FALLOC_FL_PUNCH_HOLE | FALLOC_FL_KEEP_SIZE, 0, size);
  return vm.platform.directMap;
}

const merged = (options: SnpOptions) => new SnpVm(new Host(linux('6.16.1')).process('qemu'), 'vm', options);

// v11: out for every page, and back for every page. Merged: one split for 2 MiB, and never back.
lazy(() => new SnpV11Vm(new Host(snpV11).process('qemu'), 'vm')); // → direct map: 0 split, 512 removed, 512 restored, lock taken 1024 times
lazy(() => merged({ entries: '4K' })); // → direct map: 1 split, lock taken once
