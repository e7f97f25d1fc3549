/** KVM over the module: building, running, zapping and ending a TDX guest, call by call. */
import assert from 'node:assert/strict';
import { test } from 'node:test';
import {
  Errno,
  FALLOC_FL_KEEP_SIZE,
  FALLOC_FL_PUNCH_HOLE,
  Host,
  KVM_CAP_EXIT_HYPERCALL,
  KVM_HC_MAP_GPA_RANGE,
  KVM_MEM_GUEST_MEMFD,
  KVM_MEMORY_ATTRIBUTE_PRIVATE,
  KVM_TDX_MEASURE_MEMORY_REGION,
  KVM_X86_TDX_VM,
  linux,
  MAP_ANONYMOUS,
  MAP_SHARED,
  PAGE,
  PROT_READ,
  PROT_WRITE,
  show,
  TdxVm,
  type TdxVmOptions,
} from '../../index.ts';

/** A guest of four private pages whose key is configured; nothing is built yet. */
function made(options: TdxVmOptions = {}) {
  const host = new Host(linux('6.16.1'), { vm_types: [KVM_X86_TDX_VM] });
  const qemu = host.process('qemu');
  const td = new TdxVm(qemu, 'td', options);
  const ram = qemu.mmap(0, 4 * PAGE, PROT_READ | PROT_WRITE, MAP_SHARED | MAP_ANONYMOUS, -1, 0);
  const file = td.kvm_create_guest_memfd(4 * PAGE);
  const slot = { slot: 0, flags: KVM_MEM_GUEST_MEMFD, guest_phys_addr: 0, memory_size: 4 * PAGE };
  assert.equal(td.kvm_set_user_memory_region2({ ...slot, userspace_addr: ram, guest_memfd: file }), 0);
  const private_ = { address: 0, size: 4 * PAGE, attributes: KVM_MEMORY_ATTRIBUTE_PRIVATE };
  assert.equal(td.kvm_set_memory_attributes(private_), 0);
  assert.equal(td.kvm_tdx_init_vm(), 0);
  return { host, qemu, td, ram: Number(ram), file: Number(file) };
}

/** The same, with page 0 built and the guest finalized. */
function running(options: TdxVmOptions = {}) {
  const all = made(options);
  all.qemu.store(all.ram, 0x41);
  assert.equal(all.td.kvm_tdx_init_mem_region({ source_addr: all.ram, gpa: 0, nr_pages: 1 }), 0);
  assert.equal(all.td.kvm_tdx_finalize_vm(), 0);
  return all;
}

test('initial memory: tables, one copy, sixteen measurements a page', () => {
  const { qemu, td, ram } = made();
  qemu.store(ram, 0x41);
  const region = { source_addr: ram, gpa: 0, nr_pages: 2, flags: KVM_TDX_MEASURE_MEMORY_REGION };
  assert.equal(td.kvm_tdx_init_mem_region(region), 0);
  const counts = ['tdh_mem_sept_add', 'tdh_mem_page_add', 'tdh_mr_extend', 'tdh_mem_page_aug'].map((call) =>
    td.module.count(call),
  );
  assert.deepEqual(counts, [3, 2, 32, 0]);
  assert.equal(td.nr_premapped, 0);
  assert.equal(td.kvm_tdx_finalize_vm(), 0);
  assert.equal(td.load(0), 0x41);
  assert.equal(show(td.kvm_tdx_init_mem_region(region)), '-EINVAL');
});

test('a leaf that was built and never filled holds up the end of the build, and is dropped without a call', () => {
  const { qemu, td, file } = made();
  assert.equal(td.premap(PAGE), 0);
  assert.equal(td.nr_premapped, 1);
  assert.equal(show(td.kvm_tdx_finalize_vm()), '-EINVAL');
  qemu.fallocate(file, FALLOC_FL_PUNCH_HOLE | FALLOC_FL_KEEP_SIZE, PAGE, PAGE);
  assert.equal(td.nr_premapped, 0);
  assert.equal(td.module.count('tdh_mem_page_remove'), 0);
  assert.equal(td.kvm_tdx_finalize_vm(), 0);
});

test('at run time a page is augmented, accepted and empty; touched too early it ends the VM', () => {
  const { td } = running();
  assert.equal(show(td.accept(PAGE)), 'TDX_SUCCESS');
  assert.equal(td.module.count('tdh_mem_page_aug'), 1);
  assert.equal(td.load(PAGE), 0);
  assert.equal(show(td.load(2 * PAGE)), '-EIO');
  assert.equal(show(td.load(0)), '-EIO');
  const patient = running({ sept_ve_disable: false }).td;
  assert.equal(show(patient.load(2 * PAGE)), '#VE');
  assert.equal(show(patient.accept(2 * PAGE)), 'TDX_SUCCESS');
});

test('a hole takes the page and its contents, leaf by leaf', () => {
  const { qemu, td, file } = running({ sept_ve_disable: false });
  assert.equal(td.load(0), 0x41);
  const before = td.module.count();
  qemu.fallocate(file, FALLOC_FL_PUNCH_HOLE | FALLOC_FL_KEEP_SIZE, 0, PAGE);
  assert.deepEqual(
    td.module.calls.slice(before).map(({ call }) => call),
    ['tdh_mem_range_block', 'tdh_mem_track', 'tdh_mem_page_remove', 'tdh_phymem_page_wbinvd'],
  );
  assert.equal(show(td.load(0)), '#VE');
  assert.equal(show(td.accept(0)), 'TDX_SUCCESS');
  assert.equal(td.load(0), 0);
  assert.equal(td.mmu.bugged, undefined);
});

test('a busy entry: a fault is retried for ever, a removal is tried twice and ends the VM', () => {
  const { qemu, td, file } = running();
  td.module.lock_entry(td.tdr, PAGE, 0);
  assert.equal(show(td.load(PAGE)), '-EAGAIN');
  td.module.lock_entry(td.tdr, PAGE, 0, false);
  assert.equal(show(td.accept(PAGE)), 'TDX_SUCCESS');
  td.module.lock_entry(td.tdr, 0, 0);
  qemu.fallocate(file, FALLOC_FL_PUNCH_HOLE | FALLOC_FL_KEEP_SIZE, 0, PAGE);
  assert.equal(td.module.calls.filter(({ status }) => status === 'TDX_OPERAND_BUSY|RCX').length > 1, true);
  assert.match(td.mmu.bugged ?? '', /did not remove/);
});

test('52 bits of guest address: five levels, bit 51', () => {
  const { td } = running({ gpaw: 1 });
  assert.equal(td.shared(0), 2 ** 51);
  assert.equal(td.module.count('tdh_mem_sept_add'), 4);
  assert.equal(show(td.accept(PAGE)), 'TDX_SUCCESS');
  td.kvm_set_memory_attributes({ address: 3 * PAGE, size: PAGE, attributes: 0 });
  assert.equal(td.store(td.shared(3 * PAGE), 7), 0);
  assert.deepEqual(td.leaves, { direct: 1, mirror: 2 });
  assert.equal(td.mmu.unmap(3, 4), 1);
});

test('shared memory goes the ordinary way', () => {
  const { td, qemu, ram } = running();
  td.kvm_set_memory_attributes({ address: 3 * PAGE, size: PAGE, attributes: 0 });
  const before = td.module.count();
  assert.equal(td.store(td.shared(3 * PAGE), 7), 0);
  assert.equal(td.module.count(), before);
  assert.equal(qemu.load(ram + 3 * PAGE), 7);
  assert.match(show(td.accept(3 * PAGE)), /KVM_EXIT_MEMORY_FAULT/);
});

test('the end: leaves while there is a key, tables and control pages without one, and nothing is lost', () => {
  const { host, qemu, td, file } = running();
  td.accept(PAGE);
  const before = td.module.count();
  td.close();
  qemu.close(file);
  assert.equal(td.freed, true);
  assert.deepEqual(
    td.module.calls
      .map(({ call }) => call)
      .slice(before + 4)
      .filter((call, index, all) => call !== all[index - 1]),
    [
      'tdh_mem_range_block',
      'tdh_mem_track',
      'tdh_mem_page_remove',
      'tdh_phymem_page_wbinvd',
      'tdh_vp_flush',
      'tdh_mng_vpflushdone',
      'tdh_phymem_cache_wb',
      'tdh_mng_key_freeid',
      'tdh_phymem_page_reclaim',
    ],
  );
  assert.equal(host.memory.used, 1, 'the page that the VMM itself wrote');
});

test('MapGPA: refused by its arguments, handed to user space in pieces of 2 MiB, stopped where user space stops', () => {
  const { td } = running({ sept_ve_disable: false });
  const ask = (gpa: number, size: number) => show(td.tdg_vp_vmcall_map_gpa(gpa, size));
  assert.equal(ask(0, PAGE), 'TDVMCALL_STATUS_SUBFUNC_UNSUPPORTED');
  assert.equal(td.kvm_enable_cap(KVM_CAP_EXIT_HYPERCALL, 1 << KVM_HC_MAP_GPA_RANGE), 0);
  assert.equal(ask(0, 0), 'TDVMCALL_STATUS_INVALID_OPERAND');
  assert.equal(ask(td.shared(0) - PAGE, 2 * PAGE), 'TDVMCALL_STATUS_INVALID_OPERAND');
  assert.equal(ask(5, PAGE), 'TDVMCALL_STATUS_ALIGN_ERROR');
  assert.equal(ask(td.shared(0), PAGE), 'TDVMCALL_STATUS_SUCCESS, 1 exit');
  assert.equal(td.attributes.isPrivate(0), false);
  assert.equal(td.store(td.shared(0), 1), 0);
  const exits: string[] = [];
  const stopped = td.tdg_vp_vmcall_map_gpa(0, 5 * 1024 * PAGE, (exit) => {
    exits.push(show(exit));
    return exits.length === 2 ? new Errno('ENOMEM', 'no') : 0;
  });
  assert.equal(show(stopped), 'TDVMCALL_STATUS_INVALID_OPERAND at 0x200000, 2 exits');
  assert.equal(
    exits[1],
    'KVM_EXIT_HYPERCALL { nr: KVM_HC_MAP_GPA_RANGE, gpa: 0x200000, npages: 512, attributes: encrypted }',
  );
});
