/** A launch: bytes are measured, the owner compares, and hands over a secret that only this guest can open. */
import { GuestOwner, KVM_X86_SEV_VM, kvm_create_sev_vm, MAP_SHARED, Measurement, PAGE, PROT_READ, PROT_WRITE, SEV_POLICY_NODBG, sevHost, sevKernel, at } from 'unmapped';

const host = sevHost(sevKernel('6.16.1'));
const qemu = host.process('qemu');
const fd = qemu.memfd_create('guest-ram', 0);
qemu.ftruncate(fd, 2 * PAGE); // → 0
const address = qemu.mmap(0, 2 * PAGE, PROT_READ | PROT_WRITE, MAP_SHARED, fd, 0);
const vm = kvm_create_sev_vm(qemu, 'vm', KVM_X86_SEV_VM);
vm.kvm_set_user_memory_region({ slot: 0, guest_phys_addr: 0, memory_size: 2 * PAGE, userspace_addr: address });
vm.kvm_sev_init2(); // → 0

// The owner's keys and policy reach the secure processor; the VMM loads what it was given to load.
const owner = new GuestOwner('alice');
const image = new Uint8Array(PAGE).fill(0x90);
vm.kvm_sev_launch_start({ policy: SEV_POLICY_NODBG, owner }); // → 0
qemu.pwrite(fd, image, 0); // → 4096
vm.kvm_sev_launch_update_data(address, PAGE); // → 0
const answer = vm.kvm_sev_launch_measure(); // → measurement 9e1258f9f9fce2e8…

// The answer can only come from somebody who has the owner's key and saw these bytes.
if (answer instanceof Measurement) {
  owner.verify(answer, SEV_POLICY_NODBG, [image]); // → true
  const secret = owner.wrap(new Uint8Array(16).fill(7), answer);
  vm.kvm_sev_launch_secret(secret, at(address, PAGE)); // → 0
}
vm.kvm_sev_launch_finish(); // → 0
vm.guest_load(PAGE); // → 7
qemu.load(at(address, PAGE)); // → 61
vm.kvm_sev_dbg_decrypt(address, 16); // → -EIO
