/** Which kinds of virtual machine may have a guest_memfd behind a slot, by kernel. */
import {
  Host,
  KVM_MEM_GUEST_MEMFD,
  KVM_X86_DEFAULT_VM,
  KVM_X86_SEV_VM,
  KVM_X86_SNP_VM,
  KVM_X86_SW_PROTECTED_VM,
  KVM_X86_TDX_VM,
  KvmVm,
  linux,
  PAGE,
} from 'unmapped';

const TYPES = [KVM_X86_DEFAULT_VM, KVM_X86_SW_PROTECTED_VM, KVM_X86_SEV_VM, KVM_X86_SNP_VM, KVM_X86_TDX_VM];

/** What binding a file says for a VM of each type, on a machine that offers all of them. */
function bind(version: string) {
  return TYPES.map((type) => {
    const qemu = new Host(linux(version), { vm_types: TYPES }).process('qemu');
    const vm = new KvmVm(qemu, 'vm', type);
    const slot = { slot: 0, flags: KVM_MEM_GUEST_MEMFD, guest_phys_addr: 0, memory_size: PAGE };
    return vm.kvm_set_user_memory_region2({ ...slot, guest_memfd: vm.kvm_create_guest_memfd(PAGE) });
  });
}

// Ordinary, software-protected, SEV, SNP, TDX. That a kernel has a type at all is another matter.
bind('6.12.117'); // → [-EINVAL, 0, -EINVAL, 0, 0]
bind('6.16.1'); // → [-EINVAL, 0, -EINVAL, 0, 0]
bind('6.18.44'); // → [0, 0, 0, 0, 0]
bind('7.3.4'); // → [0, 0, 0, 0, 0]
