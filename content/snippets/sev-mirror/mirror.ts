/** A mirror has the key of its primary, and everything else of its own. */
import { GuestOwner, KVM_CAP_VM_COPY_ENC_CONTEXT_FROM, kvm_create_sev_vm, MAP_SHARED, Measurement, PAGE, PROT_READ, PROT_WRITE, at, sevHost, sevKernel } from 'unmapped';

const host = sevHost(sevKernel('6.16.1'));
const qemu = host.process('qemu');
const fd = qemu.memfd_create('guest-ram', 0);
qemu.ftruncate(fd, 2 * PAGE); // → 0
const address = qemu.mmap(0, 2 * PAGE, PROT_READ | PROT_WRITE, MAP_SHARED, fd, 0);
const slot = { slot: 0, guest_phys_addr: 0, memory_size: 2 * PAGE, userspace_addr: address };

const primary = kvm_create_sev_vm(qemu, 'primary');
primary.kvm_set_user_memory_region(slot); // → 0
primary.kvm_sev_init(); // → 0
const owner = new GuestOwner('alice');
primary.kvm_sev_launch_start({ owner }); // → 0
primary.kvm_sev_launch_update_data(address, PAGE); // → 0

// The mirror is made before the measurement, which does not change by it.
const mirror = kvm_create_sev_vm(qemu, 'mirror');
mirror.kvm_enable_cap(KVM_CAP_VM_COPY_ENC_CONTEXT_FROM, primary.fd); // → 0
const answer = primary.kvm_sev_launch_measure();
answer instanceof Measurement && owner.verify(answer, 0, [new Uint8Array(PAGE)]); // → true
primary.kvm_sev_launch_finish(); // → 0

// Same key, and slots of its own: here only the second page, at another guest address.
mirror.asid === primary.asid; // → true
const window = { ...slot, guest_phys_addr: 0x100000, memory_size: PAGE, userspace_addr: at(address, PAGE) };
mirror.kvm_set_user_memory_region(window); // → 0
primary.guest_store(PAGE, 0x41); // → 0
mirror.guest_load(0x100000); // → 65
mirror.guest_load(0); // → KVM_EXIT_MMIO { phys_addr: 0x0 }

// vCPUs of its own. The VMM could also have given the primary one more.
mirror.kvm_create_vcpu(0); // → 6
[primary.vcpus.length, mirror.vcpus.length]; // → [0, 1]
