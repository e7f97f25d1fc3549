import assert from 'node:assert/strict';
import { test } from 'node:test';
import {
  cpuidPage,
  Errno,
  FALLOC_FL_KEEP_SIZE,
  FALLOC_FL_PUNCH_HOLE,
  Host,
  type Kernel,
  KVM_CAP_EXIT_HYPERCALL,
  KVM_HC_MAP_GPA_RANGE,
  KVM_MEM_GUEST_MEMFD,
  KVM_MEMORY_ATTRIBUTE_PRIVATE,
  linux,
  MAP_ANONYMOUS,
  MAP_SHARED,
  PAGE,
  PROT_READ,
  PROT_WRITE,
  SNP_PAGE_TYPE_CPUID,
  SNP_PAGE_TYPE_NORMAL,
  SNP_PAGE_TYPE_VMSA,
  SNP_PAGE_TYPE_ZERO,
  SnpVm,
  show,
} from '../index.ts';

const is = (value: unknown, text: string) => assert.equal(show(value), text);
const PAGES = 8;

function stage(kernel: Kernel = linux('6.16.1'), options = {}) {
  const host = new Host(kernel);
  const qemu = host.process('qemu');
  const vm = new SnpVm(qemu, 'vm', options);
  const fd = vm.kvm_create_guest_memfd(PAGES * PAGE);
  const ram = qemu.mmap(0, PAGES * PAGE, PROT_READ | PROT_WRITE, MAP_SHARED | MAP_ANONYMOUS, -1, 0) as number;
  const buffer = qemu.mmap(0, PAGES * PAGE, PROT_READ | PROT_WRITE, MAP_SHARED | MAP_ANONYMOUS, -1, 0) as number;
  vm.kvm_set_user_memory_region2({
    slot: 0,
    flags: KVM_MEM_GUEST_MEMFD,
    guest_phys_addr: 0,
    memory_size: PAGES * PAGE,
    userspace_addr: ram,
    guest_memfd: fd,
  });
  const setPrivate = (first: number, pages: number) =>
    vm.kvm_set_memory_attributes({
      address: first * PAGE,
      size: pages * PAGE,
      attributes: KVM_MEMORY_ATTRIBUTE_PRIVATE,
    });
  qemu.store(buffer, 65);
  qemu.store(buffer + PAGE, 66);
  const update = (type = SNP_PAGE_TYPE_NORMAL, len = 2 * PAGE) => ({ gfn_start: 0, uaddr: buffer, len, type });
  return { host, qemu, vm, fd, ram, buffer, setPrivate, update };
}

test('a launch: bytes from any buffer, Guest-Valid, ciphertext for the host', () => {
  const { host, qemu, vm, setPrivate, update, buffer } = stage();
  is(vm.kvm_sev_snp_launch_update(update()), '-EINVAL');
  is(vm.kvm_sev_snp_launch_start(), '0');
  is(vm.kvm_sev_snp_launch_start(), '-EINVAL');
  is(vm.kvm_sev_snp_launch_update(update()), '-EIO');
  setPrivate(0, 4);
  const request = update();
  is(vm.kvm_sev_snp_launch_update(request), '0');
  assert.deepEqual(request, { gfn_start: 2, uaddr: buffer + 2 * PAGE, len: 0, type: SNP_PAGE_TYPE_NORMAL });
  is(vm.rmp_state(0), "'Guest-Valid'");
  is(vm.guest_load(0), '65');
  is(vm.guest_load(PAGE), '66');
  is(vm.guest_store(PAGE + 17, 7), '0');
  is(vm.guest_load(PAGE + 17), '7');
  is(vm.guest_load(PAGE), '66');
  assert.notEqual(host.kernel_read(vm.pfn(0)), 65);
  is(host.kernel_write(vm.pfn(0), 0, 1), 'oops');
  is(vm.kvm_sev_snp_launch_update(update()), '-EIO');
  assert.match(host.trace.events.at(-1)?.why ?? '', /EEXIST/);
  is(vm.kvm_sev_snp_launch_finish(), '0');
  is(qemu.load(buffer), '65');
});

test('types, lengths and what is left after a part', () => {
  const { vm, setPrivate, update } = stage();
  vm.kvm_sev_snp_launch_start();
  setPrivate(0, 1);
  is(vm.kvm_sev_snp_launch_update(update(SNP_PAGE_TYPE_VMSA)), '-EINVAL');
  is(vm.kvm_sev_snp_launch_update(update(SNP_PAGE_TYPE_NORMAL, 100)), '-EINVAL');
  is(vm.kvm_sev_snp_launch_update({ ...update(), gfn_start: 99 }), '-EINVAL');
  const request = update();
  is(vm.kvm_sev_snp_launch_update(request), '0');
  assert.equal(request.len, PAGE);
  is(vm.kvm_sev_snp_launch_update(request), '-EIO');
  setPrivate(1, 1);
  is(vm.kvm_sev_snp_launch_update({ ...request, type: SNP_PAGE_TYPE_ZERO, uaddr: 1 }), '0');
  is(vm.guest_load(PAGE), '0');
});

test('a refused CPUID page comes back corrected, by copy or through the pin', () => {
  for (const [version, writable, expected] of [
    ['6.16.1', true, 1],
    ['6.16.1', false, 3],
    ['01f492e1817e', true, 1],
    ['01f492e1817e', false, 1],
  ] as const) {
    const { qemu, vm, setPrivate, buffer } = stage(linux(version), { processor: [{ eax_in: 1, ecx: 1 }] });
    vm.kvm_sev_snp_launch_start();
    setPrivate(0, 1);
    const table = cpuidPage([{ eax_in: 1, ecx: 3 }]);
    for (const [i, byte] of table.slice(0, 64).entries()) qemu.store(buffer + i, byte);
    if (!writable) qemu.mprotect(buffer, PAGE, PROT_READ);
    const request = { gfn_start: 0, uaddr: buffer, len: PAGE, type: SNP_PAGE_TYPE_CPUID };
    is(vm.kvm_sev_snp_launch_update(request), '-EIO');
    assert.equal(vm.error, 'INVALID_PARAM');
    assert.equal(qemu.load(buffer + 16 + 32), expected, `${version} ${writable}`);
    is(vm.rmp_state(0), "'Hypervisor'");
    assert.equal(vm.context?.pages, 0);
  }
});

test('alignment and pins, by form', () => {
  const old = stage();
  const now = stage(linux('01f492e1817e'));
  for (const { vm, setPrivate } of [old, now]) {
    vm.kvm_sev_snp_launch_start();
    setPrivate(0, 2);
  }
  is(old.vm.kvm_sev_snp_launch_update({ ...old.update(), uaddr: old.buffer + 1, len: PAGE }), '0');
  is(now.vm.kvm_sev_snp_launch_update({ ...now.update(), uaddr: now.buffer + 1, len: PAGE }), '-EINVAL');
});

test('a page that cannot be taken back leaks, and the VM is dead', () => {
  const { host, vm, setPrivate, update } = stage();
  vm.kvm_sev_snp_launch_start();
  setPrivate(0, 1);
  vm.platform.reclaim_fails = true;
  is(vm.kvm_sev_snp_launch_update(update(SNP_PAGE_TYPE_CPUID, PAGE)), '-EIO');
  assert.equal(vm.platform.leaked.size, 1);
  is(vm.kvm_sev_snp_launch_update(update()), '-EIO');
  assert.match(host.trace.events.at(-1)?.why ?? '', /dead/);
  assert.deepEqual(vm.gmemOwner(host.memory.frame(vm.pfn(0) as number) as never), '!');
});

test('later pages are prepared and validated; freeing takes them back', () => {
  const { qemu, vm, fd, setPrivate } = stage();
  vm.kvm_sev_snp_launch_start();
  is(
    vm.guest_store(0, 1),
    'KVM_EXIT_MEMORY_FAULT { errno: EFAULT, flags: KVM_MEMORY_EXIT_FLAG_PRIVATE, gpa: 0x0, size: 0x1000 }',
  );
  setPrivate(0, 2);
  is(vm.guest_store(0, 1), '#VC 0x404');
  is(vm.rmp_state(0), "'Guest-Invalid'");
  is(vm.guest_pvalidate(0, 1), 'ok, CF 0');
  is(vm.guest_pvalidate(0, 1), 'ok, CF 1');
  is(vm.guest_store(0, 1), '0');
  const pfn = vm.pfn(0) as number;
  vm.kvm_set_memory_attributes({ address: 0, size: PAGE, attributes: 0 });
  is(vm.rmp_state(0), "'Guest-Valid'");
  qemu.fallocate(fd, FALLOC_FL_PUNCH_HOLE | FALLOC_FL_KEEP_SIZE, 0, PAGE);
  assert.equal(vm.platform.rmp.lookup(pfn)?.assigned, 0);
  is(vm.guest_store(0, 3, { private: false }), '0');
});

test('a 2M entry is split by the fault of the guest, and by a hole', () => {
  const host = new Host(linux('6.16.1'));
  const qemu = host.process('qemu');
  const vm = new SnpVm(qemu, 'vm', { entries: '2M' });
  const fd = vm.kvm_create_guest_memfd(512 * PAGE);
  qemu.fallocate(fd, FALLOC_FL_KEEP_SIZE, 0, 512 * PAGE);
  const slot = { slot: 0, flags: KVM_MEM_GUEST_MEMFD, guest_phys_addr: 0, memory_size: 512 * PAGE, guest_memfd: fd };
  is(vm.kvm_set_user_memory_region2(slot), '0');
  vm.kvm_set_memory_attributes({ address: 0, size: 512 * PAGE, attributes: KVM_MEMORY_ATTRIBUTE_PRIVATE });
  assert.equal(vm.kvm_arch_gmem_prepare(3, host.memory.frame(0x1003) as never), undefined);
  assert.equal(vm.platform.is2M(0x1003), true);
  assert.equal(vm.platform.directMap.splits, 0);
  is(vm.guest_pvalidate(5 * PAGE, 1), 'ok, CF 0');
  assert.equal(vm.platform.is2M(0x1003), false);
  is(vm.guest_store(5 * PAGE, 1), '0');
  const other = new SnpVm(qemu, 'other', { entries: '2M' });
  assert.notEqual(other.asid, vm.asid);
});

test('page state changes: joined, refused, and without effect of their own', () => {
  const { vm } = stage();
  const ask = [0, 1, 3].map((page) => ({ gpa: page * PAGE, to: 'private' as const }));
  is(vm.snp_psc(ask), 'VMGEXIT_PSC_ERROR_GENERIC');
  is(vm.snp_psc_msr(0, 'private'), '-KVM_ENOSYS');
  vm.kvm_enable_cap(KVM_CAP_EXIT_HYPERCALL, 1 << KVM_HC_MAP_GPA_RANGE);
  const exits = vm.snp_psc(ask);
  assert.deepEqual(Array.isArray(exits) && exits.map((exit) => exit.fields['npages']), ['2', '1']);
  is(vm.snp_psc([{ gpa: 5, to: 'shared' }]), 'VMGEXIT_PSC_ERROR_INVALID_ENTRY');
  is(
    vm.snp_psc(Array.from({ length: 254 }, (_v, i) => ({ gpa: i * PAGE, to: 'shared' as const }))),
    'VMGEXIT_PSC_ERROR_INVALID_HDR',
  );
  assert.equal(vm.gfnIsPrivate(0), false);
});

test('the neighbor of a guest page can be written once the mapping is split', () => {
  const { host, vm, setPrivate } = stage();
  setPrivate(0, 1);
  vm.guest_pvalidate(0, 1);
  const pfn = vm.pfn(0) as number;
  assert.ok(!((pfn as unknown) instanceof Errno));
  is(host.kernel_write(pfn, 0, 1), 'oops');
  is(host.kernel_write(pfn + 1, 0, 1), host.memory.frame(pfn + 1) === undefined ? '-EFAULT' : '0');
  assert.equal(vm.platform.directMap.splits, 1);
});

test('the picture has a row for each page, and marks what changed since the last one', () => {
  const { vm, setPrivate } = stage();
  const first = vm.tables('before');
  assert.deepEqual(
    first.tables.map(({ rows }) => rows.length),
    [6, 0, 0],
  );
  setPrivate(0, 1);
  vm.guest_pvalidate(0, 1);
  const [wanted, rmp, kernel] = vm.tables('after').tables;
  assert.deepEqual(wanted?.rows[0], { id: 'gfn 0', cells: ['0x0', 'private', '0x1002'], mark: 'changed' });
  assert.equal(wanted?.rows[1]?.mark, undefined);
  assert.equal(rmp?.rows[0]?.owner, 'P');
  assert.equal(rmp?.rows[0]?.cells[1], 'Guest-Valid');
  assert.equal(kernel?.rows[0]?.cells[1], '4K');
});
