/** Any number of users, unless one of them asks to be alone: KVM would, for a confidential VM. */
import { F_ADD_SEALS, Host, MFD_ALLOW_SEALING, PAGE } from 'unmapped';
import { F_SEAL_GUEST, fSealGuestExclusive, kvm_create_vm, vfio_open } from 'unmapped/proposals/f-seal-guest';

const host = new Host(fSealGuestExclusive);
const qemu = host.process('qemu');
const region = { slot: 0, guest_phys_addr: 0, memory_size: PAGE };

// An ordinary VM: its memory is shut to user space and open to a device.
const plain = qemu.memfd_create('plain', MFD_ALLOW_SEALING);
qemu.fcntl(plain, F_ADD_SEALS, F_SEAL_GUEST); // → 0
qemu.fallocate(plain, 0, 0, PAGE); // → 0
kvm_create_vm(qemu, 'vm').kvm_set_user_memory_region_ext({ ...region, private_fd: plain }); // → 0
vfio_open(qemu, 'nic').map_file(0, plain, 0, PAGE); // → 0

// A confidential VM asks to be alone: a device that comes later is refused.
const secret = qemu.memfd_create('secret', MFD_ALLOW_SEALING);
qemu.fcntl(secret, F_ADD_SEALS, F_SEAL_GUEST); // → 0
qemu.fallocate(secret, 0, 0, PAGE); // → 0
const cvm = kvm_create_vm(qemu, 'cvm', { exclusive: true });
cvm.kvm_set_user_memory_region_ext({ ...region, private_fd: secret }); // → 0
vfio_open(qemu, 'nic-2').map_file(0, secret, 0, PAGE); // → -EPERM
