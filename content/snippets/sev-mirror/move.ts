/** A context moves to a new VM on the same machine: the VMM can be replaced under a guest that keeps its memory. */
import { KVM_CAP_VM_MOVE_ENC_CONTEXT_FROM, KVM_X86_SEV_VM, kvm_create_sev_vm, MAP_SHARED, PAGE, PROT_READ, PROT_WRITE, sevHost, sevKernel } from 'unmapped';

const host = sevHost(sevKernel('6.16.1'));
const old = host.process('qemu-old');
const fd = old.memfd_create('guest-ram', 0);
old.ftruncate(fd, PAGE); // → 0
const from = old.mmap(0, PAGE, PROT_READ | PROT_WRITE, MAP_SHARED, fd, 0);
const source = kvm_create_sev_vm(old, 'source', KVM_X86_SEV_VM);
source.kvm_set_user_memory_region({ slot: 0, guest_phys_addr: 0, memory_size: PAGE, userspace_addr: from }); // → 0
source.kvm_sev_init2(); // → 0
source.kvm_sev_launch_start(); // → 0
source.kvm_memory_encrypt_reg_region({ addr: from, size: PAGE }); // → 0
source.guest_store(0, 0x41); // → 0

// The new VMM gets both descriptors, the memory's and the VM's.
const young = host.process('qemu-new');
const memory = old.scm_rights(fd, young);
const handed = old.scm_rights(source.fd, young);
const to = young.mmap(0, PAGE, PROT_READ | PROT_WRITE, MAP_SHARED, memory, 0);
const target = kvm_create_sev_vm(young, 'target', KVM_X86_SEV_VM);
target.kvm_set_user_memory_region({ slot: 0, guest_phys_addr: 0, memory_size: PAGE, userspace_addr: to }); // → 0
target.kvm_enable_cap(KVM_CAP_VM_MOVE_ENC_CONTEXT_FROM, handed); // → 0

// Key, handle and pins are the new VM's. The old one is dead.
target.guest_load(0); // → 65
target.sev.pages_locked; // → 1
source.kvm_sev_guest_status(); // → -EIO
old.exit(); // → 0
target.guest_load(0); // → 65
