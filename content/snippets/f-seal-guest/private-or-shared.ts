/** Two files behind one guest address: a page is private exactly if the private file has it. */
import { F_ADD_SEALS, FALLOC_FL_KEEP_SIZE, FALLOC_FL_PUNCH_HOLE, Host, MFD_ALLOW_SEALING, PAGE } from 'unmapped';
import { F_SEAL_GUEST, fSealGuestV2, kvm_create_vm } from 'unmapped/proposals/f-seal-guest';

const host = new Host(fSealGuestV2);
const qemu = host.process('qemu');
const priv = qemu.memfd_create('private', MFD_ALLOW_SEALING);
qemu.fcntl(priv, F_ADD_SEALS, F_SEAL_GUEST); // → 0
qemu.fallocate(priv, 0, 0, PAGE); // → 0
const shared = qemu.memfd_create('shared', MFD_ALLOW_SEALING);
qemu.ftruncate(shared, PAGE); // → 0
const vm = kvm_create_vm(qemu, 'vm');
const region = { slot: 0, guest_phys_addr: 0, memory_size: PAGE, fd: shared, private_fd: priv };
vm.kvm_set_user_memory_region_ext(region); // → 0

// The page is private. The guest wants to share it, so its access ends in user space.
vm.guest_store(0, 0x41); // → 0
vm.guest_store(0, 0x42, { private: false }); // → KVM_EXIT_MEMORY_ERROR { type: KVM_EXIT_MEM_MAP_SHARED, gpa: 0x0, size: 4096 }

// User space converts it: it punches the page out of the private file, and the next access finds the shared one.
qemu.fallocate(priv, FALLOC_FL_PUNCH_HOLE | FALLOC_FL_KEEP_SIZE, 0, PAGE); // → 0
vm.guest_store(0, 0x42, { private: false }); // → 0
qemu.pread(shared, new Uint8Array(1), 0); // → 1

// The other way round, the private side is gone until user space allocates it again, empty.
vm.guest_load(0); // → KVM_EXIT_MEMORY_ERROR { type: KVM_EXIT_MEM_MAP_PRIVATE, gpa: 0x0, size: 4096 }
qemu.fallocate(priv, 0, 0, PAGE); // → 0
vm.guest_load(0); // → 0
