/** Two slips of the posting that review found: a lock that stays taken, and a file that is never let go. */
import { kvm_create_sev_vm, sevHost } from 'unmapped';
import { KVM_CAP_VM_COPY_ENC_CONTEXT_TO, sevMirrorRfcMeant } from 'unmapped/proposals/sev-mirror';

const host = sevHost(sevMirrorRfcMeant);
const qemu = host.process('qemu');
const primary = kvm_create_sev_vm(qemu, 'primary');
primary.kvm_sev_init(); // → 0

// A descriptor that is no VM's. The kernel looks at the file, refuses, and keeps its reference.
const fd = qemu.memfd_create('letter', 0);
qemu.pwrite(fd, 'hello', 0); // → 5
primary.kvm_enable_cap(KVM_CAP_VM_COPY_ENC_CONTEXT_TO, fd); // → -EBADF
qemu.close(fd); // → 0
host.memory.used; // → 1

// A mirror that ends: its lock is taken, and the early way out does not give it back.
const mirror = kvm_create_sev_vm(qemu, 'mirror');
primary.kvm_enable_cap(KVM_CAP_VM_COPY_ENC_CONTEXT_TO, mirror.fd); // → 0
mirror.close();
mirror.freed_with_lock; // → true
primary.users; // → 1
