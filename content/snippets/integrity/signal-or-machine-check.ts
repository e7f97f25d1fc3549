/** The same stray store, twice: through a mapping that is still there, and through one that the kernel has taken away. */
import { Host, MAP_SHARED, PAGE, PROT_READ, PROT_WRITE, TdxPlatform } from 'unmapped';
import { kvm_create_vm, poisonV2 } from 'unmapped/proposals/poisoned-pages';

// As KVM stood: the VMM's mapping reaches the guest's memory. One store, and a guest is lost at its next read.
const platform = new TdxPlatform({ lines: 1 });
const td = platform.td('guest');
td.accept(0); // → TDX_SUCCESS
platform.host_write(0, 'stray'); // → 0
td.read(0); // → #MC in td: the TD is fatal

// With poisoned pages (RFC v2): the store never reaches memory. It ends where it was made.
const host = new Host(poisonV2);
const qemu = host.process('qemu');
const fd = qemu.memfd_create('guest-ram', 0);
qemu.ftruncate(fd, PAGE); // → 0
const address = qemu.mmap(0, PAGE, PROT_READ | PROT_WRITE, MAP_SHARED, fd, 0);
const vm = kvm_create_vm(qemu, 'vm');
vm.kvm_set_user_memory_region({ slot: 0, guest_phys_addr: 0, memory_size: PAGE, userspace_addr: address }); // → 0
vm.kvm_hc_enable_mem_protected(); // → 0
vm.guest_store(0, 0x41); // → 0
qemu.store(address, 0x73); // → SIGBUS
vm.guest_load(0); // → 65
