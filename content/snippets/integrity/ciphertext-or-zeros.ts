/** What a host gets of a guest's memory: SEV gives it ciphertext that it can keep and put back, TDX gives it zeros. */
import { KVM_X86_SEV_VM, kvm_create_sev_vm, MAP_SHARED, PAGE, PROT_READ, PROT_WRITE, sevHost, sevKernel, TdxPlatform } from 'unmapped';

const qemu = sevHost(sevKernel('6.16.1')).process('qemu');
const fd = qemu.memfd_create('guest-ram', 0);
qemu.ftruncate(fd, PAGE); // → 0
const address = qemu.mmap(0, PAGE, PROT_READ | PROT_WRITE, MAP_SHARED, fd, 0);
const vm = kvm_create_sev_vm(qemu, 'vm', KVM_X86_SEV_VM);
vm.kvm_set_user_memory_region({ slot: 0, guest_phys_addr: 0, memory_size: PAGE, userspace_addr: address }); // → 0
vm.kvm_sev_init2(); // → 0
vm.kvm_sev_launch_start(); // → 0

// SEV: the host saves the ciphertext, the page is lost, the host puts it back. The guest finds its byte.
vm.guest_store(0, 0x41); // → 0
const saved = new Uint8Array(PAGE);
qemu.pread(fd, saved, 0); // → 4096
qemu.pwrite(fd, new Uint8Array(PAGE), 0); // → 4096
qemu.pwrite(fd, saved, 0); // → 4096
vm.guest_load(0); // → 65

// TDX: there is nothing to save, and putting it back is a write like any other.
const platform = new TdxPlatform({ lines: 1 });
const td = platform.td('guest');
td.accept(0); // → TDX_SUCCESS
td.write(0, 'A'); // → 0
const read = platform.host_read(0); // → 'zeros'
platform.host_write(0, String(read)); // → 0
td.read(0); // → #MC in td: the TD is fatal
