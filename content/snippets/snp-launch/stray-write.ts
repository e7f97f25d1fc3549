/** A store of the kernel to a page that a guest uses, past all that asks for permission: what the guest reads afterwards. */
import {
  Host,
  KVM_MEM_GUEST_MEMFD,
  KVM_MEMORY_ATTRIBUTE_PRIVATE,
  KVM_X86_SW_PROTECTED_VM,
  KvmVm,
  guestMemfdOf,
  Errno,
  linux,
  PAGE,
  SnpVm,
} from 'unmapped';

const slot = { slot: 0, flags: KVM_MEM_GUEST_MEMFD, guest_phys_addr: 0, memory_size: PAGE };
const PRIVATE = { address: 0, size: PAGE, attributes: KVM_MEMORY_ATTRIBUTE_PRIVATE };

// guest_memfd without hardware: nothing maps the page in user space, but the kernel's own mapping is there.
const plain = new Host(linux('6.18.44'));
const qemu = plain.process('qemu');
const vm = new KvmVm(qemu, 'test', KVM_X86_SW_PROTECTED_VM);
const fd = vm.kvm_create_guest_memfd(PAGE);
vm.kvm_set_user_memory_region2({ ...slot, guest_memfd: fd }); // → 0
vm.kvm_set_memory_attributes(PRIVATE); // → 0
vm.guest_store(0, 1); // → 0
const gmem = guestMemfdOf(qemu, fd);
const page = gmem instanceof Errno ? gmem : (gmem.inode.page(0)?.frame.pfn ?? 0);
plain.kernel_write(page, 0, 2); // → 0
vm.guest_load(0); // → 2

// The same file under SNP: the store faults where it is made, and the guest reads its own byte.
const host = new Host(linux('6.16.1'));
const snp = new SnpVm(host.process('qemu'), 'snp');
snp.kvm_set_user_memory_region2({ ...slot, guest_memfd: snp.kvm_create_guest_memfd(PAGE) }); // → 0
snp.kvm_set_memory_attributes(PRIVATE); // → 0
snp.guest_pvalidate(0, 1); // → ok, CF 0
snp.guest_store(0, 1); // → 0
host.kernel_write(snp.pfn(0), 0, 2); // → oops
snp.guest_load(0); // → 1
