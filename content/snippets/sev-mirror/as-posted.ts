/** The posted helper asks for the address of a field, which is never null: every VM is taken for a mirror. */
import { kvm_create_sev_vm, sevHost } from 'unmapped';
import { KVM_CAP_VM_COPY_ENC_CONTEXT_TO, sevMirrorRfc } from 'unmapped/proposals/sev-mirror';

const host = sevHost(sevMirrorRfc);
const qemu = host.process('qemu');

// A fresh VM. Nobody has made it a mirror of anything.
const primary = kvm_create_sev_vm(qemu, 'primary');
const mirror = kvm_create_sev_vm(qemu, 'mirror');
primary.mirroring; // → true

// A mirror may use no command. So no VM can become an SEV guest, and there is nothing to share.
primary.kvm_sev_init(); // → -ENOTTY
primary.kvm_enable_cap(KVM_CAP_VM_COPY_ENC_CONTEXT_TO, mirror.fd); // → -ENOTTY
