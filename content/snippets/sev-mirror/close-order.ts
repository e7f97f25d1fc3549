/** A mirror holds a reference to its primary: in whatever order they are closed, the slot is freed last. */
import { asids_to_reclaim, KVM_CAP_VM_COPY_ENC_CONTEXT_FROM, key_picture, kvm_create_sev_vm, sevHost, sevKernel } from 'unmapped';

const host = sevHost(sevKernel('6.16.1'));
const qemu = host.process('qemu');
const primary = kvm_create_sev_vm(qemu, 'primary');
primary.kvm_sev_init(); // → 0
primary.kvm_sev_launch_start(); // → 0
const [one, two] = [kvm_create_sev_vm(qemu, 'one'), kvm_create_sev_vm(qemu, 'two')];
one.kvm_enable_cap(KVM_CAP_VM_COPY_ENC_CONTEXT_FROM, primary.fd); // → 0
two.kvm_enable_cap(KVM_CAP_VM_COPY_ENC_CONTEXT_FROM, primary.fd); // → 0
primary.users; // → 3
key_picture(host, 'Two mirrors of one VM');

// The primary's descriptor goes first. The VM stays.
primary.close();
key_picture(host, 'The descriptor of the primary is closed');
primary.freed; // → false
one.close();
[primary.users, asids_to_reclaim(host)]; // → [1, []]
two.close();
[primary.freed, asids_to_reclaim(host)]; // → [true, [6]]
