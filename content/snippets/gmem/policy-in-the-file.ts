/** mbind() through a mapping of a guest_memfd: without effect in 6.18.44, kept in the file in 7.3.4, for private pages too. */
import {
  GUEST_MEMFD_FLAG_MMAP,
  guestMemfdOf,
  Host,
  KVM_MEM_GUEST_MEMFD,
  KVM_X86_SW_PROTECTED_VM,
  KvmVm,
  linux,
  MAP_SHARED,
  MPOL_BIND,
  PAGE,
  PROT_READ,
} from 'unmapped';

for (const version of ['6.18.44', '7.3.4']) {
  const qemu = new Host(linux(version)).process('qemu');
  const vm = new KvmVm(qemu, 'vm', KVM_X86_SW_PROTECTED_VM);
  const fd = vm.kvm_create_guest_memfd(PAGE, GUEST_MEMFD_FLAG_MMAP);
  const view = qemu.mmap(0, PAGE, PROT_READ, MAP_SHARED, fd, 0);

  // The VMM may not touch the page, but it can say where it is to lie: node 1.
  qemu.load(view); // → SIGBUS, SIGBUS (×2)
  qemu.mbind(view, PAGE, MPOL_BIND, 0b10); // → 0, 0 (×2)

  // The guest's touch allocates it. Everything runs on node 0.
  vm.kvm_set_user_memory_region2({
    slot: 0,
    flags: KVM_MEM_GUEST_MEMFD,
    guest_phys_addr: 0,
    memory_size: PAGE,
    guest_memfd: fd,
  });
  vm.guest_store(0, 1); // → 0, 0 (×2)
  const gmem = guestMemfdOf(qemu, fd);
  'inode' in gmem && gmem.inode.page(0)?.frame.node; // → 0, 1 (×2)
}
