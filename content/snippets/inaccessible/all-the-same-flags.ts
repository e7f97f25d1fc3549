/** Several users of one file, all with the same wishes. */
import { Host, PAGE } from 'unmapped';
import {
  inaccessibleV6,
  kvm_create_vm,
  MEMFILE_F_USER_INACCESSIBLE,
  MFD_INACCESSIBLE,
  memfile_register_notifier,
} from 'unmapped/proposals/inaccessible';

const host = new Host(inaccessibleV6);
const qemu = host.process('qemu');
const fd = qemu.memfd_create('guest-ram', MFD_INACCESSIBLE);
qemu.fallocate(fd, 0, 0, PAGE); // → 0

// Two VMs register on one file; nothing counts owners any more.
const region = { slot: 0, guest_phys_addr: 0, memory_size: PAGE, private_fd: fd };
const left = kvm_create_vm(qemu, 'left');
const right = kvm_create_vm(qemu, 'right');
left.kvm_set_user_memory_region_ext(region); // → 0
right.kvm_set_user_memory_region_ext(region); // → 0
left.guest_store(0, 0x41); // → 0
right.guest_load(0); // → 65

// A device that could live with movable pages asks for less, and is refused.
const device = { name: 'device' };
memfile_register_notifier(qemu.file(fd), MEMFILE_F_USER_INACCESSIBLE, device); // → -EINVAL
