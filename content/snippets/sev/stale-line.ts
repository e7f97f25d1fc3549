/** A page leaves the guest with its last stores still in the cache, and they are written over the next user's data. */
import { clflush, FALLOC_FL_KEEP_SIZE, FALLOC_FL_PUNCH_HOLE, kvm_create_sev_vm, MAP_SHARED, PAGE, PROT_READ, PROT_WRITE, sevHost, sevKernel, wbinvd } from 'unmapped';

const host = sevHost(sevKernel('54526d1fd593'), { coherent: false });
const qemu = host.process('qemu');
const fd = qemu.memfd_create('guest-ram', 0);
qemu.ftruncate(fd, PAGE); // → 0
const address = qemu.mmap(0, PAGE, PROT_READ | PROT_WRITE, MAP_SHARED, fd, 0);
const vm = kvm_create_sev_vm(qemu, 'vm');
vm.kvm_set_user_memory_region({ slot: 0, guest_phys_addr: 0, memory_size: PAGE, userspace_addr: address }); // → 0
vm.kvm_sev_init(); // → 0
vm.kvm_sev_launch_start(); // → 0

// The VMM registered nothing, so nothing is pinned.
vm.guest_store(0, 0x41); // → 0
qemu.fallocate(fd, FALLOC_FL_PUNCH_HOLE | FALLOC_FL_KEEP_SIZE, 0, PAGE); // → 0

// Another file gets the page frame, and its owner writes to it.
const other = host.process('other');
const file = other.memfd_create('letters', 0);
other.pwrite(file, 'dear', 0); // → 4
const bytes = new Uint8Array(4);
other.pread(file, bytes, 0); // → 4
String.fromCharCode(...bytes); // → 'dear'
const letters = other.mmap(0, PAGE, PROT_READ, MAP_SHARED, file, 0);
clflush(other, letters); // → 0

// The host's line has been written back. The guest's line follows whenever the cache wants.
wbinvd(host); // → 0
other.pread(file, bytes, 0); // → 4
String.fromCharCode(...bytes) === 'dear'; // → false
