/** The firmware's own way: a guest that is launched with the handle of another one gets that one's key, in a slot of its own. */
import { KVM_X86_SEV_VM, kvm_create_sev_vm, MAP_SHARED, PAGE, PROT_READ, PROT_WRITE, SEV_POLICY_NODBG, sevHost, sevKernel } from 'unmapped';

const host = sevHost(sevKernel('6.16.1'));
const qemu = host.process('qemu');
const fd = qemu.memfd_create('guest-ram', 0);
qemu.ftruncate(fd, PAGE); // → 0
const address = qemu.mmap(0, PAGE, PROT_READ | PROT_WRITE, MAP_SHARED, fd, 0);
function create(name: string) {
  const vm = kvm_create_sev_vm(qemu, name, KVM_X86_SEV_VM);
  vm.kvm_set_user_memory_region({ slot: 0, guest_phys_addr: 0, memory_size: PAGE, userspace_addr: address });
  vm.kvm_sev_init2();
  return vm;
}

// The owner's policy allows another guest with the same key.
const policy = SEV_POLICY_NODBG;
const first = create('first');
first.kvm_sev_launch_start({ policy }); // → 0
first.guest_store(0, 0x41); // → 0

// The second guest names the handle of the first. It has a launch, a digest and a slot of its own.
const second = create('second');
second.kvm_sev_launch_start({ policy, handle: 1 }); // → 0
[first.asid, second.asid]; // → [6, 7]
second.kvm_sev_guest_status(); // → { handle: 2, policy: 1, state: 'LUPDATE' }
second.guest_load(0); // → 65
