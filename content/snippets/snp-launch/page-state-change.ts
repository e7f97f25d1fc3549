/** A page changes hands after the launch: request, exit, attribute, prepare, validate; four parties, one after the other. */
import {
  Host,
  KVM_CAP_EXIT_HYPERCALL,
  KVM_HC_MAP_GPA_RANGE,
  KVM_MEM_GUEST_MEMFD,
  KVM_MEMORY_ATTRIBUTE_PRIVATE,
  linux,
  MAP_ANONYMOUS,
  MAP_SHARED,
  PAGE,
  PROT_READ,
  PROT_WRITE,
  SnpVm,
} from 'unmapped';

const qemu = new Host(linux('6.16.1')).process('qemu');
const vm = new SnpVm(qemu, 'vm');
const ram = qemu.mmap(0, 2 * PAGE, PROT_READ | PROT_WRITE, MAP_SHARED | MAP_ANONYMOUS, -1, 0);
const slot = { slot: 0, flags: KVM_MEM_GUEST_MEMFD, guest_phys_addr: 0, memory_size: 2 * PAGE };
vm.kvm_set_user_memory_region2({ ...slot, userspace_addr: ram, guest_memfd: vm.kvm_create_guest_memfd(2 * PAGE) }); // → 0
vm.kvm_enable_cap(KVM_CAP_EXIT_HYPERCALL, 1 << KVM_HC_MAP_GPA_RANGE); // → 0

// The guest asks for two pages; KVM makes one request of them and changes nothing.
const both = [0, PAGE].map((gpa) => ({ gpa, to: 'private' as const }));
vm.snp_psc(both); // → [KVM_EXIT_HYPERCALL { nr: KVM_HC_MAP_GPA_RANGE, gpa: 0x0, npages: 2, attributes: encrypted }]
vm.rmp_state(0); // → -ENOENT

// User space agrees. Still no RMP entry: the page is prepared when the guest first comes for it.
vm.kvm_set_memory_attributes({ address: 0, size: 2 * PAGE, attributes: KVM_MEMORY_ATTRIBUTE_PRIVATE }); // → 0
vm.rmp_state(0); // → -ENOENT
vm.guest_store(0, 1); // → #VC 0x404
vm.rmp_state(0); // → 'Guest-Invalid'
vm.guest_pvalidate(0, 1); // → ok, CF 0
vm.guest_store(0, 1); // → 0

// The way back: the guest gives up the page, and then asks.
vm.guest_pvalidate(0, 0); // → ok, CF 0
vm.snp_psc_msr(0, 'shared'); // → KVM_EXIT_HYPERCALL { nr: KVM_HC_MAP_GPA_RANGE, gpa: 0x0, npages: 1, attributes: decrypted }
vm.kvm_set_memory_attributes({ address: 0, size: PAGE, attributes: 0 }); // → 0
vm.guest_store(0, 2, { private: false }); // → 0
qemu.load(ram); // → 2
vm.rmp_state(0); // → 'Guest-Invalid'
