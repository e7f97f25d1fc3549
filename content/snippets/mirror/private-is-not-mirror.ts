/** Private or shared is said of memory, mirror or direct of tables: an SNP guest has private memory in a direct table. */
import {
  Host,
  KVM_MEM_GUEST_MEMFD,
  KVM_MEMORY_ATTRIBUTE_PRIVATE,
  KVM_X86_SNP_VM,
  KVM_X86_TDX_VM,
  linux,
  MAP_ANONYMOUS,
  MAP_SHARED,
  OwnedTable,
  PAGE,
  PROT_READ,
  PROT_WRITE,
  TdpVm,
  type TdpVmOptions,
} from 'unmapped';

/** One private page and one shared page are touched: where are their leaves? */
function grid(type: number, options: TdpVmOptions) {
  const qemu = new Host(linux('6.16.1'), { vm_types: [type] }).process('qemu');
  const vm = new TdpVm(qemu, 'vm', type, options);
  const ram = qemu.mmap(0, 2 * PAGE, PROT_READ | PROT_WRITE, MAP_SHARED | MAP_ANONYMOUS, -1, 0);
  const file = vm.kvm_create_guest_memfd(2 * PAGE);
  const slot = { slot: 0, flags: KVM_MEM_GUEST_MEMFD, guest_phys_addr: 0, memory_size: 2 * PAGE };
  vm.kvm_set_user_memory_region2({ ...slot, userspace_addr: ram, guest_memfd: file });
  vm.kvm_set_memory_attributes({ address: 0, size: PAGE, attributes: KVM_MEMORY_ATTRIBUTE_PRIVATE });
  vm.guest_load(0, { private: true });
  const afterPrivate = vm.leaves;
  vm.guest_load(vm.shared(PAGE), { private: false });
  return { private: afterPrivate, both: vm.leaves };
}

grid(KVM_X86_TDX_VM, { gfn_direct_bits: 2 ** 35, external: new OwnedTable() }); // → { private: { direct: 0, mirror: 1 }, both: { direct: 1, mirror: 1 } }
grid(KVM_X86_SNP_VM, {}); // → { private: { direct: 1, mirror: 0 }, both: { direct: 2, mirror: 0 } }
