/** B mirrors A, the context of A moves to L, L is closed: B runs with a slot that belongs to somebody else. */
import { asids_to_reclaim, KVM_CAP_VM_COPY_ENC_CONTEXT_FROM, KVM_CAP_VM_MOVE_ENC_CONTEXT_FROM, key_picture, kvm_create_sev_vm, MAP_SHARED, PAGE, PROT_READ, PROT_WRITE, sevHost, sevKernel } from 'unmapped';

// A machine with one slot, and the kernel in which moving was new.
const host = sevHost(sevKernel('b56639318bb2'), { min_sev_asid: 1, max_asid: 1 });
const qemu = host.process('qemu');
const fd = qemu.memfd_create('guest-ram', 0);
qemu.ftruncate(fd, 2 * PAGE); // → 0
const address = qemu.mmap(0, 2 * PAGE, PROT_READ | PROT_WRITE, MAP_SHARED, fd, 0);
function create(name: string) {
  const vm = kvm_create_sev_vm(qemu, name);
  vm.kvm_set_user_memory_region({ slot: 0, guest_phys_addr: 0, memory_size: 2 * PAGE, userspace_addr: address });
  return vm;
}

// B mirrors A, and holds A.
const A = create('A');
A.kvm_sev_init(); // → 0
A.kvm_sev_launch_start(); // → 0
A.guest_store(0, 0x41); // → 0
const B = create('B');
B.kvm_enable_cap(KVM_CAP_VM_COPY_ENC_CONTEXT_FROM, A.fd); // → 0
key_picture(host, 'B mirrors A, and holds it');

// The context moves to L. B still holds A, which has nothing left.
const L = create('L');
L.kvm_enable_cap(KVM_CAP_VM_MOVE_ENC_CONTEXT_FROM, A.fd); // → 0
key_picture(host, 'The context has moved to L');
L.close();
key_picture(host, 'L is closed, and the slot is free');
asids_to_reclaim(host); // → [1]
B.asid; // → 1

// Somebody else's guest gets the slot, with a key of its own. B has lost its memory, and can read the other's.
const other = create('other');
other.kvm_sev_init(); // → 0
other.kvm_sev_launch_start(); // → 0
other.guest_store(PAGE, 0x53); // → 0
key_picture(host, 'Two guests, one slot');
B.guest_load(0); // → 232
B.guest_load(PAGE); // → 83
