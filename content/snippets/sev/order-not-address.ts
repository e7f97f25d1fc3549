/** The launch digest of plain SEV has the bytes in their order, and not where in the guest they lie. */
import { KVM_X86_SEV_VM, kvm_create_sev_vm, MAP_SHARED, PAGE, PROT_READ, PROT_WRITE, type Process, at, sevHost, sevKernel } from 'unmapped';

const host = sevHost(sevKernel('6.16.1'));

/** A guest with two pages of code, loaded in the order of `pages`, the first of them at guest address `gpa`. */
function launch(qemu: Process, pages: number[], gpa: number) {
  const fd = qemu.memfd_create('code', 0);
  qemu.ftruncate(fd, 2 * PAGE);
  qemu.pwrite(fd, new Uint8Array(PAGE).fill(0x11), 0);
  qemu.pwrite(fd, new Uint8Array(PAGE).fill(0x22), PAGE);
  const address = qemu.mmap(0, 2 * PAGE, PROT_READ | PROT_WRITE, MAP_SHARED, fd, 0);
  const vm = kvm_create_sev_vm(qemu, 'vm', KVM_X86_SEV_VM);
  vm.kvm_set_user_memory_region({ slot: 0, guest_phys_addr: gpa, memory_size: 2 * PAGE, userspace_addr: address });
  vm.kvm_sev_init2();
  vm.kvm_sev_launch_start();
  for (const page of pages) vm.kvm_sev_launch_update_data(at(address, page * PAGE), PAGE);
  vm.kvm_sev_launch_measure();
  return vm.sev.context?.digest;
}

const digests = [
  launch(host.process('first'), [0, 1], 0),
  launch(host.process('elsewhere'), [0, 1], 0x100000),
  launch(host.process('swapped'), [1, 0], 0),
].map(String);
digests[0] === digests[1]; // → true
digests[0] === digests[2]; // → false
