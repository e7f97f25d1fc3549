/** Post-copy: the main VM runs before its memory has arrived, and the mirror fills the page that it stumbled over. */
import { at, KVM_CAP_VM_COPY_ENC_CONTEXT_FROM, kvm_create_sev_vm, MAP_SHARED, MigrationHelper, PAGE, PROT_READ, PROT_WRITE, sevHost, sevKernel } from 'unmapped';

function machine(name: string) {
  const qemu = sevHost(sevKernel('6.16.1'), { name }).process(`qemu-${name}`);
  const fd = qemu.memfd_create(`ram-${name}`, 0);
  qemu.ftruncate(fd, 2 * PAGE);
  const address = qemu.mmap(0, 2 * PAGE, PROT_READ | PROT_WRITE, MAP_SHARED, fd, 0);
  const [main, mirror] = [kvm_create_sev_vm(qemu, `main-${name}`), kvm_create_sev_vm(qemu, `mirror-${name}`)];
  main.kvm_sev_init();
  main.kvm_sev_launch_start();
  mirror.kvm_enable_cap(KVM_CAP_VM_COPY_ENC_CONTEXT_FROM, main.fd);
  const slot = { slot: 0, guest_phys_addr: 0, memory_size: 2 * PAGE, userspace_addr: address };
  mirror.kvm_set_user_memory_region(slot);
  return { qemu, fd, main, slot, address, helper: new MigrationHelper(mirror) };
}

// The source: the main VM has both pages.
const a = machine('A');
a.main.kvm_set_user_memory_region(a.slot); // → 0
a.main.guest_store(PAGE, 0x41); // → 0

// The target: the mirror sees both pages, the main VM only the one that has arrived.
const b = machine('B');
b.main.kvm_set_user_memory_region({ ...b.slot, memory_size: PAGE }); // → 0
b.main.guest_load(PAGE); // → KVM_EXIT_MMIO { phys_addr: 0x1000 }

// The helper at the source seals the page, the one at the target opens and stores it.
const page = a.helper.send(PAGE); // → sealed page 0x1000
b.helper.receive(page); // → 0

// The VMM shows the page to the main VM, which goes on as if nothing had been.
b.main.kvm_set_user_memory_region({ slot: 1, guest_phys_addr: PAGE, memory_size: PAGE, userspace_addr: at(b.address, PAGE) }); // → 0
b.main.guest_load(PAGE); // → 65
