/** A CPUID page that promises too much: refused, corrected, handed back, sent again. */
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

// The processor of this model has bit 0 of ECX in leaf 1, and the firmware knows it.
const qemu = new Host(linux('6.16.1')).process('qemu');
const vm = new SnpVm(qemu, 'vm', { processor: [{ eax_in: 1, ecx: 1 }] });
const slot = { slot: 0, flags: KVM_MEM_GUEST_MEMFD, guest_phys_addr: 0, memory_size: PAGE };
vm.kvm_set_user_memory_region2({ ...slot, guest_memfd: vm.kvm_create_guest_memfd(PAGE) }); // → 0
vm.kvm_set_memory_attributes({ address: 0, size: PAGE, attributes: KVM_MEMORY_ATTRIBUTE_PRIVATE }); // → 0
vm.kvm_sev_snp_launch_start(); // → 0

const buffer = qemu.mmap(0, PAGE, PROT_READ | PROT_WRITE, MAP_SHARED | MAP_ANONYMOUS, -1, 0) as number;
const table = cpuidPage([{ eax_in: 1, ecx: 3 }]);
for (let i = 0; i < 64; i++) qemu.store(buffer + i, table[i] as number);
const ecx = buffer + 16 + 32;
qemu.load(ecx); // → 3

// Refused: the page is the host's again, the digest has not moved, the buffer holds what would be accepted.
const update = { gfn_start: 0, uaddr: buffer, len: PAGE, type: SNP_PAGE_TYPE_CPUID };
vm.kvm_sev_snp_launch_update(update); // → -EIO
vm.error; // → 'INVALID_PARAM'
vm.rmp_state(0); // → 'Hypervisor'
vm.context?.pages; // → 0
qemu.load(ecx); // → 1

vm.kvm_sev_snp_launch_update(update); // → 0
vm.rmp_state(0); // → 'Guest-Valid'
