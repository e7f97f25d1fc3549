/** Sealed registers move too: as many vCPUs on both sides, and every one of the source sealed. */
import { KVM_CAP_VM_MOVE_ENC_CONTEXT_FROM, KVM_X86_SEV_ES_VM, kvm_create_sev_vm, sevHost, sevKernel } from 'unmapped';

const host = sevHost(sevKernel('6.16.1'));
const qemu = host.process('qemu');
const source = kvm_create_sev_vm(qemu, 'source', KVM_X86_SEV_ES_VM);
source.kvm_sev_init2(); // → 0
source.kvm_create_vcpu(0);
source.kvm_create_vcpu(1);
source.kvm_sev_launch_start(); // → 0

// The target has to have its vCPUs before the move, unlike a mirror, which may have none.
const target = kvm_create_sev_vm(qemu, 'target', KVM_X86_SEV_ES_VM);
target.kvm_create_vcpu(0);
target.kvm_enable_cap(KVM_CAP_VM_MOVE_ENC_CONTEXT_FROM, source.fd); // → -EINVAL
target.kvm_create_vcpu(1);
target.kvm_enable_cap(KVM_CAP_VM_MOVE_ENC_CONTEXT_FROM, source.fd); // → -EINVAL

// Sealed, they can go.
source.kvm_sev_launch_update_vmsa(); // → 0
target.kvm_enable_cap(KVM_CAP_VM_MOVE_ENC_CONTEXT_FROM, source.fd); // → 0
target.vcpus.map((vcpu) => vcpu.guest_state_protected); // → [true, true]
source.vcpus.map((vcpu) => vcpu.guest_state_protected); // → [false, false]
