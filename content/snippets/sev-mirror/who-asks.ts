/** As posted the source is called with the mirror's descriptor; as merged the mirror is called with the source's. */
import { KVM_CAP_VM_COPY_ENC_CONTEXT_FROM, kvm_create_sev_vm, type SevKernel, sevHost, sevKernel } from 'unmapped';
import { KVM_CAP_VM_COPY_ENC_CONTEXT_TO, sevMirrorRfcMeant } from 'unmapped/proposals/sev-mirror';

function two(kernel: SevKernel) {
  const qemu = sevHost(kernel).process('qemu');
  const [source, target] = [kvm_create_sev_vm(qemu, 'source'), kvm_create_sev_vm(qemu, 'target')];
  source.kvm_sev_init();
  source.kvm_sev_launch_start();
  return { source, target, qemu };
}

// The posting, with its test of an address put right.
const posted = two(sevMirrorRfcMeant);
posted.source.kvm_enable_cap(KVM_CAP_VM_COPY_ENC_CONTEXT_TO, posted.target.fd); // → 0
posted.target.asid === posted.source.asid; // → true
posted.target.kvm_sev_guest_status(); // → -ENOTTY
posted.source.kvm_enable_cap(KVM_CAP_VM_COPY_ENC_CONTEXT_TO, posted.source.fd); // → -ENOTTY

// 6.16.1.
const merged = two(sevKernel('6.16.1'));
merged.target.kvm_enable_cap(KVM_CAP_VM_COPY_ENC_CONTEXT_FROM, merged.source.fd); // → 0
merged.target.asid === merged.source.asid; // → true
merged.target.kvm_sev_guest_status(); // → { handle: 1, policy: 0, state: 'LUPDATE' }
merged.source.kvm_enable_cap(KVM_CAP_VM_COPY_ENC_CONTEXT_FROM, merged.source.fd); // → -EINVAL
