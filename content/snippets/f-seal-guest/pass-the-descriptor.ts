/** A sealed file is passed to another process: it can see nothing, take nothing over, and still destroy. */
import {
  F_ADD_SEALS,
  FALLOC_FL_KEEP_SIZE,
  FALLOC_FL_PUNCH_HOLE,
  Host,
  MAP_SHARED,
  MFD_ALLOW_SEALING,
  PAGE,
  PROT_READ,
} from 'unmapped';
import { F_SEAL_GUEST, fSealGuestV2, kvm_create_vm } from 'unmapped/proposals/f-seal-guest';

const host = new Host(fSealGuestV2);
const qemu = host.process('qemu');
const peer = host.process('peer');
const fd = qemu.memfd_create('guest-ram', MFD_ALLOW_SEALING);
qemu.fcntl(fd, F_ADD_SEALS, F_SEAL_GUEST); // → 0
qemu.fallocate(fd, 0, 0, PAGE); // → 0
const region = { slot: 0, guest_phys_addr: 0, memory_size: PAGE };
const vm = kvm_create_vm(qemu, 'vm');
vm.kvm_set_user_memory_region_ext({ ...region, private_fd: fd }); // → 0
vm.guest_store(0, 0x41); // → 0

// The descriptor travels over a socket. Its receiver cannot look, and its VM cannot become the owner.
const received = qemu.scm_rights(fd, peer);
peer.pread(received, new Uint8Array(1), 0); // → -EPERM
peer.mmap(0, PAGE, PROT_READ, MAP_SHARED, received, 0); // → -EPERM
kvm_create_vm(peer, 'other').kvm_set_user_memory_region_ext({ ...region, private_fd: received }); // → -EPERM

// Every holder of the descriptor is in charge of the life cycle, though.
peer.fallocate(received, FALLOC_FL_PUNCH_HOLE | FALLOC_FL_KEEP_SIZE, 0, PAGE); // → 0
vm.guest_load(0); // → KVM_EXIT_MEMORY_ERROR { type: KVM_EXIT_MEM_MAP_PRIVATE, gpa: 0x0, size: 4096 }
