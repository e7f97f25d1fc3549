/** A guest migrates twice. Each machine has one main VM and one mirror; no mirror is ever mirrored. */
import { KVM_CAP_VM_COPY_ENC_CONTEXT_FROM, kvm_create_sev_vm, MAP_SHARED, MigrationHelper, PAGE, PROT_READ, PROT_WRITE, sevHost, sevKernel } from 'unmapped';

function machine(name: string) {
  const qemu = sevHost(sevKernel('6.16.1'), { name }).process(`qemu-${name}`);
  const fd = qemu.memfd_create(`ram-${name}`, 0);
  qemu.ftruncate(fd, PAGE);
  const address = qemu.mmap(0, PAGE, PROT_READ | PROT_WRITE, MAP_SHARED, fd, 0);
  const slot = { slot: 0, guest_phys_addr: 0, memory_size: PAGE, userspace_addr: address };
  const [main, mirror] = [kvm_create_sev_vm(qemu, `main-${name}`), kvm_create_sev_vm(qemu, `mirror-${name}`)];
  for (const vm of [main, mirror]) vm.kvm_set_user_memory_region(slot);
  main.kvm_sev_init();
  main.kvm_sev_launch_start();
  mirror.kvm_enable_cap(KVM_CAP_VM_COPY_ENC_CONTEXT_FROM, main.fd);
  return { main, mirror, qemu, helper: new MigrationHelper(mirror) };
}

const [a, b, c] = [machine('A'), machine('B'), machine('C')];
a.main.guest_store(0, 0x41); // → 0

// A to B. What the VMM carries is sealed.
b.helper.receive(a.helper.send(0)); // → 0
b.main.guest_load(0); // → 65

// B to C, from the mirror that B made of its own main VM.
c.helper.receive(b.helper.send(0)); // → 0
c.main.guest_load(0); // → 65

// A mirror of a mirror is refused, and nothing here asked for one.
const chain = kvm_create_sev_vm(c.qemu, 'chain');
chain.kvm_enable_cap(KVM_CAP_VM_COPY_ENC_CONTEXT_FROM, c.mirror.fd); // → -EINVAL

// Two mirrors of one VM are not a chain.
chain.kvm_enable_cap(KVM_CAP_VM_COPY_ENC_CONTEXT_FROM, c.main.fd); // → 0
