/** One page of a 2 MiB mapping goes to a guest: what becomes of a store of the kernel to its neighbor. */
import {
  Host,
  KVM_MEM_GUEST_MEMFD,
  KVM_MEMORY_ATTRIBUTE_PRIVATE,
  linux,
  PAGE,
  SNP_RULES,
  type SnpKernel,
  type SnpRules,
  SnpVm,
} from 'unmapped';

function neighbor(direct_map: SnpRules['direct_map']) {
  const merged = SNP_RULES['6.16.1'] as SnpRules;
  const kernel: SnpKernel = { ...linux('6.16.1'), snp: { ...merged, direct_map } };
  const host = new Host(kernel);
  const qemu = host.process('qemu');
  const vm = new SnpVm(qemu, 'vm');
  const slot = { slot: 0, flags: KVM_MEM_GUEST_MEMFD, guest_phys_addr: 0, memory_size: 2 * PAGE };
  vm.kvm_set_user_memory_region2({ ...slot, guest_memfd: vm.kvm_create_guest_memfd(2 * PAGE) });
  vm.kvm_set_memory_attributes({ address: 0, size: 2 * PAGE, attributes: KVM_MEMORY_ATTRIBUTE_PRIVATE });
  vm.guest_pvalidate(0, 1);
  const page = vm.pfn(0) as number;
  // The next page frame is the host's own.
  const other = host.memory.allocate();
  return [host.kernel_write(page, 0, 1), host.kernel_write(other?.pfn ?? 0, 0, 1), host.kernel_read(page)];
}

// Left alone: the neighbor cannot be written, because the mapping makes the whole region count.
neighbor('left'); // → [oops, oops, 0]
// Split, as merged: a stray store to the guest's page faults, the neighbor's does not.
neighbor('split'); // → [oops, 0, 0]
// Taken out, as in v11: the kernel cannot even read the guest's page.
neighbor('removed'); // → [oops, 0, oops]
