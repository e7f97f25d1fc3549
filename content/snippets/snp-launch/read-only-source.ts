/** The corrected CPUID table and a read-only buffer: a copy respects the mapping, a pin taken for reading did not. */
import {
  cpuidPage,
  Host,
  KVM_MEM_GUEST_MEMFD,
  KVM_MEMORY_ATTRIBUTE_PRIVATE,
  linux,
  MAP_ANONYMOUS,
  MAP_SHARED,
  PAGE,
  PROT_READ,
  PROT_WRITE,
  SNP_PAGE_TYPE_CPUID,
  SnpVm,
} from 'unmapped';

function refused(version: string) {
  const qemu = new Host(linux(version)).process('qemu');
  const vm = new SnpVm(qemu, 'vm', { processor: [{ eax_in: 1, ecx: 1 }] });
  const slot = { slot: 0, flags: KVM_MEM_GUEST_MEMFD, guest_phys_addr: 0, memory_size: PAGE };
  vm.kvm_set_user_memory_region2({ ...slot, guest_memfd: vm.kvm_create_guest_memfd(PAGE) });
  vm.kvm_set_memory_attributes({ address: 0, size: PAGE, attributes: KVM_MEMORY_ATTRIBUTE_PRIVATE });
  vm.kvm_sev_snp_launch_start();
  const buffer = qemu.mmap(0, PAGE, PROT_READ | PROT_WRITE, MAP_SHARED | MAP_ANONYMOUS, -1, 0) as number;
  const table = cpuidPage([{ eax_in: 1, ecx: 3 }]);
  for (let i = 0; i < 64; i++) qemu.store(buffer + i, table[i] as number);
  qemu.mprotect(buffer, PAGE, PROT_READ);
  const update = { gfn_start: 0, uaddr: buffer, len: PAGE, type: SNP_PAGE_TYPE_CPUID };
  return [vm.kvm_sev_snp_launch_update(update), qemu.store(buffer, 1), qemu.load(buffer + 48)];
}

// The process cannot store to its own buffer; what is in it afterwards differs.
refused('6.16.1'); // → [-EIO, SIGSEGV, 3]
refused('01f492e1817e'); // → [-EIO, SIGSEGV, 1]
