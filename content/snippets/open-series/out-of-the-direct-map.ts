/** A guest_memfd whose pages leave the kernel's direct map: the VMM still maps them, and the kernel no longer reads them. */
import {
  FALLOC_FL_KEEP_SIZE,
  FALLOC_FL_PUNCH_HOLE,
  GUEST_MEMFD_FLAG_INIT_SHARED,
  GUEST_MEMFD_FLAG_MMAP,
  guestMemfdOf,
  Host,
  KVM_MEM_GUEST_MEMFD,
  MAP_SHARED,
  PAGE,
  PROT_READ,
  PROT_WRITE,
} from 'unmapped';
import { GUEST_MEMFD_FLAG_NO_DIRECT_MAP, kvm_create_vm, noDirectMapV8 } from 'unmapped/proposals/no-direct-map';

const host = new Host(noDirectMapV8);
const qemu = host.process('qemu');
const vm = kvm_create_vm(qemu, 'vm');
const flags = GUEST_MEMFD_FLAG_MMAP | GUEST_MEMFD_FLAG_INIT_SHARED | GUEST_MEMFD_FLAG_NO_DIRECT_MAP;
const fd = vm.kvm_create_guest_memfd(PAGE, flags); // → 4
const slot = { slot: 0, flags: KVM_MEM_GUEST_MEMFD, guest_phys_addr: 0, memory_size: PAGE, guest_memfd: fd };
vm.kvm_set_user_memory_region2(slot); // → 0
qemu.fallocate(fd, FALLOC_FL_KEEP_SIZE, 0, PAGE); // → 0

// Allocated, and not used by anybody yet.
const gmem = guestMemfdOf(qemu, fd);
const pfn = 'inode' in gmem ? (gmem.inode.page(0)?.frame.pfn ?? 0) : gmem;
host.kernel_read(pfn); // → 0

// The first mapping, by guest or by VMM, takes it out.
vm.guest_store(0, 0x41); // → 0
host.kernel_read(pfn); // → oops
const view = qemu.mmap(0, PAGE, PROT_READ | PROT_WRITE, MAP_SHARED, fd, 0);
qemu.load(view); // → 65
qemu.vmsplice(view, PAGE); // → -EFAULT

// It comes back when the page is freed, with what is in it.
qemu.fallocate(fd, FALLOC_FL_PUNCH_HOLE | FALLOC_FL_KEEP_SIZE, 0, PAGE); // → 0
host.kernel_read(pfn); // → 65
