/** A driver pinned a page for its device, and the VMM punches it out: the device goes on with a page that is no guest's any more. */
import {
  FALLOC_FL_KEEP_SIZE,
  FALLOC_FL_PUNCH_HOLE,
  GUEST_MEMFD_FLAG_INIT_SHARED,
  GUEST_MEMFD_FLAG_MMAP,
  Host,
  IommuDomain,
  KVM_MEM_GUEST_MEMFD,
  KVM_X86_DEFAULT_VM,
  KvmVm,
  linux,
  MAP_SHARED,
  PAGE,
  PROT_READ,
} from 'unmapped';

const qemu = new Host(linux('6.18.44')).process('qemu');
const vm = new KvmVm(qemu, 'vm', KVM_X86_DEFAULT_VM);
const fd = vm.kvm_create_guest_memfd(PAGE, GUEST_MEMFD_FLAG_MMAP | GUEST_MEMFD_FLAG_INIT_SHARED);
const slot = { slot: 0, flags: KVM_MEM_GUEST_MEMFD, guest_phys_addr: 0, memory_size: PAGE, guest_memfd: fd };
vm.kvm_set_user_memory_region2(slot); // → 0
vm.guest_store(0, 0x41); // → 0

// As VFIO does: look the page up by its address, hold it, enter it into the IOMMU.
const view = qemu.mmap(0, PAGE, PROT_READ, MAP_SHARED, fd, 0);
qemu.vmsplice(view, PAGE); // → pin of 4096 bytes
const domain = new IommuDomain();
const frame = qemu.resolve(view, false);
if ('pfn' in frame) domain.map(0, frame);
domain.read(0); // → 65

qemu.fallocate(fd, FALLOC_FL_PUNCH_HOLE | FALLOC_FL_KEEP_SIZE, 0, PAGE); // → 0
vm.guest_store(0, 0x42); // → 0
domain.read(0); // → 65
vm.guest_load(0); // → 66
