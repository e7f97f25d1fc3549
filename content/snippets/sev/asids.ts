/** A key is a slot, and slots are few: who gets which, and when one can be used again. */
import { asid_flushes, asids_to_reclaim, KVM_X86_SEV_ES_VM, KVM_X86_SEV_VM, kvm_create_sev_vm, sevHost, sevKernel } from 'unmapped';

// Three slots: 1 for SEV-ES guests, 2 and 3 for SEV guests. Real parts have some hundred.
const host = sevHost(sevKernel('6.16.1'), { max_asid: 3, min_sev_asid: 2 });
const qemu = host.process('qemu');
const es = kvm_create_sev_vm(qemu, 'es', KVM_X86_SEV_ES_VM);
es.kvm_sev_init2(); // → 0
es.asid; // → 1
const [a, b, c] = ['a', 'b', 'c'].map((name) => kvm_create_sev_vm(qemu, name, KVM_X86_SEV_VM));
a?.kvm_sev_init2(); // → 0
b?.kvm_sev_init2(); // → 0
c?.kvm_sev_init2(); // → -EBUSY

// A guest that ends gives its slot back, but lines with that tag can be in any cache.
a?.close();
asids_to_reclaim(host); // → [2]
asid_flushes(host); // → 0

// The next guest that finds no free slot pays for the flush of all.
c?.kvm_sev_init2(); // → 0
c?.asid; // → 2
asid_flushes(host); // → 1
