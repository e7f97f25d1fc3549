import assert from 'node:assert/strict';
import { test } from 'node:test';
import {
  cpuidPage,
  GUEST_MEMFD_FLAG_MMAP,
  Host,
  KVM_MEM_GUEST_MEMFD,
  KVM_MEMORY_ATTRIBUTE_PRIVATE,
  MAP_ANONYMOUS,
  MAP_SHARED,
  PAGE,
  PROT_READ,
  PROT_WRITE,
  SNP_PAGE_TYPE_CPUID,
  SNP_PAGE_TYPE_NORMAL,
  show,
} from '../index.ts';
import {
  KVM_SET_MEMORY_ATTRIBUTES2_PRESERVE,
  kvm_set_memory_attributes2,
  SnpInPlaceVm,
  snpInPlace,
} from './snp-in-place.ts';
import { SnpV11Vm, snpV11 } from './snp-v11.ts';

const is = (value: unknown, text: string) => assert.equal(show(value), text);

function stage() {
  const host = new Host(snpV11);
  const qemu = host.process('qemu');
  const vm = new SnpV11Vm(qemu, 'vm', { processor: [{ eax_in: 1, ecx: 1 }] });
  const size = 2 * PAGE;
  const guest_memfd = vm.kvm_create_guest_memfd(size);
  const ram = qemu.mmap(0, size, PROT_READ | PROT_WRITE, MAP_SHARED | MAP_ANONYMOUS, -1, 0) as number;
  const slot = { slot: 0, flags: KVM_MEM_GUEST_MEMFD, guest_phys_addr: 0, memory_size: size };
  is(vm.kvm_set_user_memory_region2({ ...slot, userspace_addr: ram, guest_memfd }), '0');
  return { host, qemu, vm, ram };
}

test('v11: the slot names the page, the references of a refused page stay, the direct map has holes', () => {
  const { host, vm, ram } = stage();
  const update = { start_gfn: 7, uaddr: ram, len: PAGE, page_type: SNP_PAGE_TYPE_NORMAL };
  is(vm.snp_launch_update_v11(update), '-EINVAL');
  vm.kvm_sev_snp_launch_start();
  is(vm.snp_launch_update_v11({ ...update, uaddr: 4096 }), '0');
  assert.equal(vm.context?.pages, 0);
  is(vm.snp_launch_update_v11(update), '0');
  is(vm.rmp_state(0), "'Guest-Valid'");
  const pfn = vm.pfn(0) as number;
  is(host.kernel_read(pfn), 'oops');
  const refs = host.memory.frame(pfn)?.refs;
  is(vm.snp_launch_update_v11(update), '-EFAULT');
  assert.equal(host.memory.frame(pfn)?.refs, (refs as number) + 1);
});

test('v11: a refused CPUID table is written into guest memory', () => {
  const { qemu, vm, ram } = stage();
  vm.kvm_sev_snp_launch_start();
  const table = cpuidPage([{ eax_in: 1, ecx: 3 }]);
  for (let i = 0; i < 64; i++) qemu.store(ram + i, table[i] as number);
  is(vm.snp_launch_update_v11({ start_gfn: 0, uaddr: ram, len: PAGE, page_type: SNP_PAGE_TYPE_CPUID }), '-EIO');
  is(vm.guest_load(48, { private: false }), '1');
  is(vm.rmp_state(0), "'Hypervisor'");
});

test('in place: write while shared, convert with PRESERVE, launch without a source', () => {
  const qemu = new Host(snpInPlace).process('qemu');
  const vm = new SnpInPlaceVm(qemu, 'vm');
  const fd = vm.kvm_create_guest_memfd(PAGE, GUEST_MEMFD_FLAG_MMAP);
  const slot = { slot: 0, flags: KVM_MEM_GUEST_MEMFD, guest_phys_addr: 0, memory_size: PAGE, guest_memfd: fd };
  is(vm.kvm_set_user_memory_region2(slot), '0');
  const view = qemu.mmap(0, PAGE, PROT_READ | PROT_WRITE, MAP_SHARED, fd, 0);
  const flags = KVM_SET_MEMORY_ATTRIBUTES2_PRESERVE;
  const page = { offset: 0, size: PAGE };
  is(kvm_set_memory_attributes2(qemu, fd, { ...page, attributes: 0 }), '0');
  is(qemu.store(view, 42), '0');
  vm.kvm_sev_snp_launch_start();
  const update = { gfn_start: 0, uaddr: 0, len: PAGE, type: SNP_PAGE_TYPE_NORMAL };
  is(vm.kvm_sev_snp_launch_update(update), '-EIO');
  is(kvm_set_memory_attributes2(qemu, fd, { ...page, attributes: KVM_MEMORY_ATTRIBUTE_PRIVATE, flags }), '0');
  is(qemu.load(view), 'SIGBUS');
  is(vm.kvm_sev_snp_launch_update(update), '0');
  is(vm.guest_load(0), '42');
  vm.kvm_sev_snp_launch_finish();
  is(kvm_set_memory_attributes2(qemu, fd, { ...page, attributes: KVM_MEMORY_ATTRIBUTE_PRIVATE, flags }), '-EOPNOTSUPP');
  is(kvm_set_memory_attributes2(qemu, fd, { ...page, attributes: 0 }), '0');
});
