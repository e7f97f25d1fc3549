/** Dirty pages of memory that nobody maps: KVM sees its guest's stores, and nobody sees the device's. */
import { F_ADD_SEALS, Host, MFD_ALLOW_SEALING, PAGE } from 'unmapped';
import {
  F_SEAL_GUEST,
  fSealGuestManyUsers,
  KVM_MEM_LOG_DIRTY_PAGES,
  kvm_create_vm,
  vfio_open,
} from 'unmapped/proposals/f-seal-guest';

const host = new Host(fSealGuestManyUsers);
const qemu = host.process('qemu');
const fd = qemu.memfd_create('guest-ram', MFD_ALLOW_SEALING);
qemu.fcntl(fd, F_ADD_SEALS, F_SEAL_GUEST); // → 0
qemu.fallocate(fd, 0, 0, 4 * PAGE); // → 0
const vm = kvm_create_vm(qemu, 'vm');
const region = { slot: 0, flags: KVM_MEM_LOG_DIRTY_PAGES, guest_phys_addr: 0, memory_size: 4 * PAGE, private_fd: fd };
vm.kvm_set_user_memory_region_ext(region); // → 0

// The guest writes pages 1 and 3: KVM's log has them, once.
vm.guest_store(0x1000, 1); // → 0
vm.guest_store(0x3000, 1); // → 0
vm.kvm_get_dirty_log(0); // → [1, 3]
vm.kvm_get_dirty_log(0); // → []

// A device writes page 2: the guest reads it, the log does not know.
const nic = vfio_open(qemu, 'nic');
nic.map_file(0, fd, 0, 4 * PAGE); // → 0
nic.dma_write(0x2000, 7); // → 0
vm.guest_load(0x2000); // → 7
vm.kvm_get_dirty_log(0); // → []
