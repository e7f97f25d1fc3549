/** A device wants the same pages: refused by the single owner, served by a list of users. */
import { F_ADD_SEALS, FALLOC_FL_KEEP_SIZE, FALLOC_FL_PUNCH_HOLE, Host, MFD_ALLOW_SEALING, PAGE } from 'unmapped';
import { F_SEAL_GUEST, fSealGuestManyUsers, fSealGuestV2, kvm_create_vm, vfio_open } from 'unmapped/proposals/f-seal-guest';

for (const kernel of [fSealGuestV2, fSealGuestManyUsers]) {
  const host = new Host(kernel);
  const qemu = host.process('qemu');
  const fd = qemu.memfd_create('guest-ram', MFD_ALLOW_SEALING);
  qemu.fcntl(fd, F_ADD_SEALS, F_SEAL_GUEST);
  qemu.fallocate(fd, 0, 0, 2 * PAGE);
  const vm = kvm_create_vm(qemu, 'vm');
  const region = { slot: 0, guest_phys_addr: 0, memory_size: 2 * PAGE, private_fd: fd };
  vm.kvm_set_user_memory_region_ext(region); // → 0, 0 (×2)

  // First as posted, then with a list: the device asks for the pages of the file, which nobody maps.
  const nic = vfio_open(qemu, 'nic');
  nic.map_file(0, fd, 0, 2 * PAGE); // → -EPERM, 0 (×2)
  vm.guest_store(0, 0x41); // → 0, 0 (×2)
  nic.dma_read(0); // → IOMMU fault at 0x0, 65 (×2)

  // A hole is punched: every user on the list is told before the page goes.
  qemu.fallocate(fd, FALLOC_FL_PUNCH_HOLE | FALLOC_FL_KEEP_SIZE, 0, PAGE); // → 0, 0 (×2)
  nic.dma_read(0); // → IOMMU fault at 0x0, IOMMU fault at 0x0 (×2)
}
