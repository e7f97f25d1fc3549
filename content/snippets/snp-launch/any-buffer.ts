/** The merged command: the payload may lie in any buffer, and KVM copies it into private pages of the guest. */
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
const flags = KVM_MEM_GUEST_MEMFD;
const guest_memfd = vm.kvm_create_guest_memfd(2 * PAGE);
const slot = { slot: 0, flags, guest_phys_addr: 0, memory_size: 2 * PAGE, guest_memfd };
vm.kvm_set_user_memory_region2(slot); // → 0

// The firmware image is somewhere in the VMM: no slot knows this buffer.
const image = qemu.mmap(0, PAGE, PROT_READ | PROT_WRITE, MAP_SHARED | MAP_ANONYMOUS, -1, 0);
qemu.store(image, 0x7f); // → 0

// User space says that the page is private, and then what shall be in it.
vm.kvm_sev_snp_launch_start(); // → 0
vm.kvm_set_memory_attributes({ address: 0, size: PAGE, attributes: KVM_MEMORY_ATTRIBUTE_PRIVATE }); // → 0
const update = { gfn_start: 0, uaddr: image, len: PAGE, type: SNP_PAGE_TYPE_NORMAL };
vm.kvm_sev_snp_launch_update(update); // → 0
vm.rmp_state(0); // → 'Guest-Valid'
vm.digest; // → a184c666d97590c7…

// The guest reads the plaintext; the kernel reads ciphertext and cannot store at all.
vm.kvm_sev_snp_launch_finish(); // → 0
vm.guest_load(0); // → 127
host.kernel_read(vm.pfn(0)) === 0x7f; // → false
host.kernel_write(vm.pfn(0), 0, 1); // → oops
