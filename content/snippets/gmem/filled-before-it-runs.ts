/** Guest memory that nobody can write is filled by the kernel, from any buffer, before the guest runs. */
import {
  Host,
  KVM_MEM_GUEST_MEMFD,
  KVM_MEMORY_ATTRIBUTE_PRIVATE,
  KVM_X86_SW_PROTECTED_VM,
  KvmVm,
  linux,
  PAGE,
} from 'unmapped';

const host = new Host(linux('6.12.117'));
const qemu = host.process('qemu');
const vm = new KvmVm(qemu, 'vm', KVM_X86_SW_PROTECTED_VM);
const guest_memfd = vm.kvm_create_guest_memfd(2 * PAGE);
const flags = KVM_MEM_GUEST_MEMFD;
const slot = { slot: 0, flags, guest_phys_addr: 0, memory_size: 2 * PAGE, guest_memfd };
vm.kvm_set_user_memory_region2(slot); // → 0

// The page has to be private before it can be filled.
vm.kvm_gmem_populate(0, 'kernel', 1); // → -EINVAL
const attributes = KVM_MEMORY_ATTRIBUTE_PRIVATE;
vm.kvm_set_memory_attributes({ address: 0, size: 2 * PAGE, attributes }); // → 0
vm.kvm_gmem_populate(0, 'kernel', 1); // → 1
vm.guest_load(0); // → 107

// Not a second time: the page is prepared, and may be in use.
vm.kvm_gmem_populate(0, 'initrd', 1); // → -EEXIST
