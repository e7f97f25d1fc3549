/** Deleting one slot of an ordinary VM drops every mapping of the VM; that is now a quirk, and a TDX guest does not have it. */
import {
  Host,
  KVM_X86_DEFAULT_VM,
  linux,
  MAP_ANONYMOUS,
  MAP_SHARED,
  PAGE,
  PROT_READ,
  PROT_WRITE,
  TdpVm,
} from 'unmapped';

/** Two slots of one page, both mapped; the first is deleted. How many mappings are left? */
function left(quirk: boolean) {
  const qemu = new Host(linux('6.16.1')).process('qemu');
  const vm = new TdpVm(qemu, 'vm', KVM_X86_DEFAULT_VM, { quirk_slot_zap_all: quirk });
  for (const slot of [0, 1]) {
    const ram = qemu.mmap(0, PAGE, PROT_READ | PROT_WRITE, MAP_SHARED | MAP_ANONYMOUS, -1, 0);
    vm.kvm_set_user_memory_region2({ slot, guest_phys_addr: slot * PAGE, memory_size: PAGE, userspace_addr: ram });
    vm.guest_load(slot * PAGE);
  }
  vm.kvm_set_user_memory_region2({ slot: 0, guest_phys_addr: 0, memory_size: 0 });
  return vm.leaves.direct;
}

left(true); // → 0
left(false); // → 1
