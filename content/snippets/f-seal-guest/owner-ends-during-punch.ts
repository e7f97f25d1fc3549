/** A hole is punched while the owner goes away: a callback into freed memory. */
import { F_ADD_SEALS, Host, MFD_ALLOW_SEALING, PAGE } from 'unmapped';
import { F_SEAL_GUEST, fSealGuestV2, kvm_create_vm, punch_in_steps } from 'unmapped/proposals/f-seal-guest';

const host = new Host(fSealGuestV2);
const qemu = host.process('qemu');
const fd = qemu.memfd_create('guest-ram', MFD_ALLOW_SEALING);
qemu.fcntl(fd, F_ADD_SEALS, F_SEAL_GUEST); // → 0
qemu.fallocate(fd, 0, 0, PAGE); // → 0
const vm = kvm_create_vm(qemu, 'vm');
const region = { slot: 0, guest_phys_addr: 0, memory_size: PAGE, private_fd: fd };
vm.kvm_set_user_memory_region_ext(region); // → 0

// One thread punches a hole, step by step. It reads the owner's pointer,
const punch = punch_in_steps(qemu, fd, 0);
punch.step(); // → 'guest_ops read: the owner is vm'
// and looks for that address on the list of VMs.
punch.step(); // → 'vm_is_dead: vm is on vm_list'

// Another thread closes the VM: its structure is freed.
vm.close();

// The first thread goes on with what it looked at before.
punch.step(); // → use-after-free: struct kvm of vm
