/** The cure: a callback takes a reference to the owner, or is skipped. */
import { F_ADD_SEALS, Host, MFD_ALLOW_SEALING, PAGE } from 'unmapped';
import { F_SEAL_GUEST, fSealGuestWithReference, kvm_create_vm, punch_in_steps } from 'unmapped/proposals/f-seal-guest';

const host = new Host(fSealGuestWithReference);
const qemu = host.process('qemu');
const fd = qemu.memfd_create('guest-ram', MFD_ALLOW_SEALING);
qemu.fcntl(fd, F_ADD_SEALS, F_SEAL_GUEST); // → 0
qemu.fallocate(fd, 0, 0, PAGE); // → 0
const region = { slot: 0, guest_phys_addr: 0, memory_size: PAGE, private_fd: fd };
const vm = kvm_create_vm(qemu, 'vm');
vm.kvm_set_user_memory_region_ext(region); // → 0

// The owner ends between the look at guest_ops and the callback.
const punch = punch_in_steps(qemu, fd, 0);
punch.step(); // → 'guest_ops read: the owner is vm'
vm.close();
punch.step(); // → 'no owner to take a reference to: the callback is skipped'
punch.step(); // → 0

// It is unregistered as well: the file is free for another owner.
kvm_create_vm(qemu, 'next').kvm_set_user_memory_region_ext(region); // → 0
