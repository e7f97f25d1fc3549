/** As merged, a VM with sealed registers can be mirrored, and the mirror has no way to seal its own. */
import { KVM_CAP_VM_COPY_ENC_CONTEXT_FROM, kvm_create_sev_vm, sevHost, sevKernel } from 'unmapped';

const host = sevHost(sevKernel('54526d1fd593'));
const qemu = host.process('qemu');
const primary = kvm_create_sev_vm(qemu, 'primary');
primary.kvm_sev_es_init(); // → 0
primary.kvm_sev_launch_start(); // → 0

// Nobody checks for SEV-ES. The mirror gets the ASID, and neither the flag nor the handle.
const mirror = kvm_create_sev_vm(qemu, 'mirror');
mirror.kvm_enable_cap(KVM_CAP_VM_COPY_ENC_CONTEXT_FROM, primary.fd); // → 0
mirror.asid; // → 1
mirror.sev.es; // → false

// Its vCPUs would have to be measured and sealed before the launch ends: a mirror may use no command.
mirror.kvm_create_vcpu(0); // → 5
mirror.kvm_sev_launch_update_vmsa(); // → -EINVAL
mirror.vcpus[0]?.guest_state_protected; // → false

// So far the owner has measured nothing of the mirror.
primary.kvm_sev_launch_measure(); // → measurement 75a75f623291788d…
