/** The fields that were dropped in review: three permission masks and a flag, each of which enters the digest. */
import { Host, KVM_MEM_GUEST_MEMFD, MAP_ANONYMOUS, MAP_SHARED, PAGE, PROT_READ, PROT_WRITE } from 'unmapped';
import { type LaunchUpdateV11, SnpV11Vm, snpV11 } from 'unmapped/proposals/snp-v11';

function launch(fields: Partial<LaunchUpdateV11>) {
  const qemu = new Host(snpV11).process('qemu');
  const vm = new SnpV11Vm(qemu, 'vm');
  const ram = qemu.mmap(0, PAGE, PROT_READ | PROT_WRITE, MAP_SHARED | MAP_ANONYMOUS, -1, 0);
  const slot = { slot: 0, flags: KVM_MEM_GUEST_MEMFD, guest_phys_addr: 0, memory_size: PAGE };
  vm.kvm_set_user_memory_region2({ ...slot, userspace_addr: ram, guest_memfd: vm.kvm_create_guest_memfd(PAGE) });
  vm.kvm_sev_snp_launch_start();
  const refused = vm.snp_launch_update_v11({ start_gfn: 0, uaddr: ram, len: PAGE, page_type: 1, ...fields });
  return [refused, vm.digest, vm.platform.rmp.lookup(vm.pfn(0) as number)?.permissions];
}

// The merged command has none of them: masks 0 for VMPL1 to VMPL3, and VMPL0 has all.
launch({}); // → [0, 9d13634b6014bb21…, [15, 0, 0, 0]]
launch({ vmpl1_perms: 3 }); // → [0, 6b97e91bd2d690df…, [15, 3, 0, 0]]
launch({ imi_page: 1 }); // → [0, 1fab3a3e1957a929…, [15, 0, 0, 0]]
