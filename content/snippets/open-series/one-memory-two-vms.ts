/** Two VMs on one memory, as posted: the second one takes a file of its own on the same inode. */
import { Host, KVM_MEM_GUEST_MEMFD, PAGE, type Result } from 'unmapped';
import { kvm_create_vm, linkGuestMemfdV2 } from 'unmapped/proposals/link-guest-memfd';

const host = new Host(linkGuestMemfdV2);
const qemu = host.process('qemu');
const before = kvm_create_vm(qemu, 'before');
const after = kvm_create_vm(qemu, 'after');
const fd = before.kvm_create_guest_memfd(PAGE);
const slot = (guest_memfd: Result) => {
  return { slot: 0, flags: KVM_MEM_GUEST_MEMFD, guest_phys_addr: 0, memory_size: PAGE, guest_memfd };
};
for (const vm of [before, after]) vm.kvm_set_memory_attributes({ address: 0, size: PAGE, attributes: 8 });
before.kvm_set_user_memory_region2(slot(fd)); // → 0
before.guest_store(0, 0x41); // → 0

// The file belongs to the first VM. A link to its memory does not.
after.kvm_set_user_memory_region2(slot(fd)); // → -EINVAL
const link = after.kvm_link_guest_memfd(fd);
after.kvm_set_user_memory_region2(slot(link)); // → 0
after.guest_load(0); // → 65

// The first VM ends, its file goes; the memory stays with the second.
before.close();
qemu.close(fd); // → 0
after.guest_load(0); // → 65
