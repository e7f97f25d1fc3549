/** One page of a guest's memory: the guest uses it, the host tries to. */
import { F_ADD_SEALS, Host, MAP_SHARED, MFD_ALLOW_SEALING, PAGE, PROT_READ } from 'unmapped';
import { F_SEAL_GUEST, fSealGuestV2, kvm_create_vm } from 'unmapped/proposals/f-seal-guest';

const host = new Host(fSealGuestV2);
const qemu = host.process('qemu');
const fd = qemu.memfd_create('page', MFD_ALLOW_SEALING);
qemu.fcntl(fd, F_ADD_SEALS, F_SEAL_GUEST); // → 0
qemu.fallocate(fd, 0, 0, PAGE); // → 0
const guest = kvm_create_vm(qemu, 'guest');
guest.kvm_set_user_memory_region_ext({ slot: 0, guest_phys_addr: 0, memory_size: PAGE, private_fd: fd }); // → 0

// part: read
guest.guest_store(0, 0x41); // → 0
qemu.pread(fd, new Uint8Array(1), 0); // → -EPERM
qemu.mmap(0, PAGE, PROT_READ, MAP_SHARED, fd, 0); // → -EPERM
guest.guest_load(0); // → 65
// end: read
