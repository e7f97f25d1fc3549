/** The iterator that came of the review: guest_memfd finds, locks and checks the page, a callback does what the vendor needs. */
import {
  Errno,
  Host,
  KVM_MEM_GUEST_MEMFD,
  KVM_MEMORY_ATTRIBUTE_PRIVATE,
  KVM_X86_TDX_VM,
  KvmVm,
  linux,
  PAGE,
} from 'unmapped';

const host = new Host(linux('6.16.1'));
const qemu = host.process('qemu');
const vm = new KvmVm(qemu, 'vm', KVM_X86_TDX_VM);
const size = 4 * PAGE;
const slot = { slot: 0, flags: KVM_MEM_GUEST_MEMFD, guest_phys_addr: 0, memory_size: size };
vm.kvm_set_user_memory_region2({ ...slot, guest_memfd: vm.kvm_create_guest_memfd(size) }); // → 0
vm.kvm_set_memory_attributes({ address: 0, size, attributes: KVM_MEMORY_ATTRIBUTE_PRIVATE }); // → 0

// A callback that stands for either vendor: it sees each frame once, with the copy already made.
const seen: number[] = [];
const post = (gfn: number) => {
  seen.push(gfn);
  return gfn === 2 ? new Errno('EIO', 'The vendor refuses this page.') : undefined;
};

// The answer is the number of pages, or the error if there was none.
vm.kvm_gmem_populate(0, 'firmware', 4, post); // → 2
seen; // → [0, 1, 2]
vm.kvm_gmem_populate(2, 'firmware', 2, post); // → -EIO
vm.kvm_gmem_populate(0, 'firmware', 1, post); // → -EEXIST
