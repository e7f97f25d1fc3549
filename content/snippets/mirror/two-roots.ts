/** The address of an access decides which table translates it: the bit that means shared is the only sign. */
import {
  Host,
  KVM_MEM_GUEST_MEMFD,
  KVM_MEMORY_ATTRIBUTE_PRIVATE,
  KVM_X86_TDX_VM,
  linux,
  MAP_ANONYMOUS,
  MAP_SHARED,
  OwnedTable,
  PAGE,
  PROT_READ,
  PROT_WRITE,
  TdpVm,
} from 'unmapped';

const host = new Host(linux('6.16.1'), { vm_types: [KVM_X86_TDX_VM] });
const qemu = host.process('qemu');
const owner = new OwnedTable();
const td = new TdpVm(qemu, 'td', KVM_X86_TDX_VM, { gfn_direct_bits: 2 ** 35, external: owner });
const ram = qemu.mmap(0, 2 * PAGE, PROT_READ | PROT_WRITE, MAP_SHARED | MAP_ANONYMOUS, -1, 0);
const file = td.kvm_create_guest_memfd(2 * PAGE);
const slot = { slot: 0, flags: KVM_MEM_GUEST_MEMFD, guest_phys_addr: 0, memory_size: 2 * PAGE };
td.kvm_set_user_memory_region2({ ...slot, userspace_addr: ram, guest_memfd: file }); // → 0
td.kvm_set_memory_attributes({ address: 0, size: PAGE, attributes: KVM_MEMORY_ATTRIBUTE_PRIVATE }); // → 0

// Page 0 is private: the mirror root, and the owner of the external table hears of every entry.
td.guest_store(0, 1); // → 0
owner.calls; // → ['link', 'link', 'link', 'set']

// Page 1 is shared: the same kind of access with bit 47 set, the direct root, and nobody to ask.
td.guest_store(td.shared(PAGE), 2); // → 0
owner.calls.length; // → 4
td.leaves; // → { direct: 1, mirror: 1 }

// The other half of page 0: KVM has the page as private, so user space has to convert it first.
td.guest_load(td.shared(0)); // → KVM_EXIT_MEMORY_FAULT { errno: EFAULT, flags: 0, gpa: 0x0, size: 0x1000 }
