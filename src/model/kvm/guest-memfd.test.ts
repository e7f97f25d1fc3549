import assert from 'node:assert/strict';
import { test } from 'node:test';
import {
  Errno,
  FALLOC_FL_KEEP_SIZE,
  FALLOC_FL_PUNCH_HOLE,
  GUEST_MEMFD_FLAG_INIT_SHARED,
  GUEST_MEMFD_FLAG_MMAP,
  guestMemfdOf,
  Host,
  KVM_MEM_GUEST_MEMFD,
  KVM_MEMORY_ATTRIBUTE_PRIVATE,
  KVM_X86_SNP_VM,
  KVM_X86_SW_PROTECTED_VM,
  KvmVm,
  kvm_create_vm,
  linux,
  MAP_SHARED,
  NotRead,
  PAGE,
  PROT_EXEC,
  PROT_READ,
  PROT_WRITE,
  show,
} from '../index.ts';

const PRIVATE = { address: 0, size: 2 * PAGE, attributes: KVM_MEMORY_ATTRIBUTE_PRIVATE };

function machine(version = '6.18.44', type = KVM_X86_SW_PROTECTED_VM, flags = 0) {
  const host = new Host(linux(version), { vm_types: [0, 1, 4] });
  const qemu = host.process('qemu');
  const vm = kvm_create_vm(qemu, 'vm', { type });
  assert.ok(vm instanceof KvmVm);
  const fd = vm.kvm_create_guest_memfd(4 * PAGE, flags);
  const ram = qemu.mmap(0, 4 * PAGE, PROT_READ | PROT_WRITE, 0x22, -1, 0);
  const region = {
    slot: 0,
    flags: KVM_MEM_GUEST_MEMFD,
    guest_phys_addr: 0,
    memory_size: 4 * PAGE,
    userspace_addr: ram,
    guest_memfd: fd,
  };
  return { host, qemu, vm, fd, ram, region };
}
const is = (value: unknown, text: string) => assert.equal(show(value), text);

test('private and shared pages of one guest address are two pages', () => {
  const { qemu, vm, ram, region } = machine();
  is(vm.kvm_set_user_memory_region2(region), '0');
  is(vm.guest_store(0, 1), '0');
  is(qemu.load(ram), '1');
  is(vm.kvm_set_memory_attributes(PRIVATE), '0');
  is(vm.guest_load(0), '0');
  is(vm.guest_store(0, 2), '0');
  is(qemu.load(ram), '1');
  is(vm.kvm_set_memory_attributes({ ...PRIVATE, attributes: 0 }), '0');
  is(vm.guest_load(0), '1');
});

test('an access that disagrees with the attribute is an exit, where the guest can say what it means', () => {
  const { vm, region } = machine('6.18.44', KVM_X86_SNP_VM);
  vm.kvm_set_user_memory_region2(region);
  is(
    vm.guest_load(PAGE, { private: true }),
    'KVM_EXIT_MEMORY_FAULT { errno: EFAULT, flags: KVM_MEMORY_EXIT_FLAG_PRIVATE, gpa: 0x1000, size: 0x1000 }',
  );
  vm.kvm_set_memory_attributes(PRIVATE);
  is(vm.guest_load(PAGE, { private: true }), '0');
  is(
    vm.guest_load(PAGE, { private: false }),
    'KVM_EXIT_MEMORY_FAULT { errno: EFAULT, flags: 0, gpa: 0x1000, size: 0x1000 }',
  );
});

test('a file that can be mapped serves every access; a hole takes the page from the guest', () => {
  const flags = GUEST_MEMFD_FLAG_MMAP | GUEST_MEMFD_FLAG_INIT_SHARED;
  const { qemu, vm, fd, region } = machine('6.18.44', 0, flags);
  is(vm.kvm_set_user_memory_region2(region), '0');
  const map = qemu.mmap(0, PAGE, PROT_READ | PROT_WRITE, MAP_SHARED, fd, 0);
  is(vm.guest_store(5, 9), '0');
  is(qemu.load((map as number) + 5), '9');
  assert.equal(vm.stage2.entries().length, 1);
  const before = vm.sequence;
  is(qemu.fallocate(fd, FALLOC_FL_PUNCH_HOLE | FALLOC_FL_KEEP_SIZE, 0, PAGE), '0');
  assert.equal(vm.stage2.entries().length, 0);
  assert.deepEqual([vm.sequence - before, vm.invalidations], [1, 0]);
  is(vm.guest_load(5), '0');
});

test('the slot stays when its file goes, and a touch says so; the file keeps the VM', () => {
  const { qemu, vm, fd, region } = machine();
  vm.kvm_set_user_memory_region2(region);
  vm.kvm_set_memory_attributes(PRIVATE);
  is(vm.guest_store(0, 1), '0');
  vm.close();
  assert.equal(vm.freed, false);
  const used = qemu.host.memory.used;
  qemu.close(fd);
  assert.equal(vm.freed, true);
  assert.equal(qemu.host.memory.used, used - 1);
});

test('a closed file and a broken page end in an exit with their errno', () => {
  const { qemu, host, vm, fd, region } = machine();
  vm.kvm_set_user_memory_region2(region);
  vm.kvm_set_memory_attributes(PRIVATE);
  vm.guest_store(0, 1);
  const gmem = guestMemfdOf(qemu, fd);
  assert.ok(!(gmem instanceof Errno));
  is(gmem.move_to_new_folio(0), '-EOPNOTSUPP');
  is(gmem.memory_failure(0), "'MF_DELAYED'");
  assert.deepEqual(host.trace.events.at(-1)?.owners[0]?.runs[0], ['!', 1]);
  assert.match(show(vm.guest_load(0)), /errno: EHWPOISON, flags: KVM_MEMORY_EXIT_FLAG_PRIVATE/);
  assert.equal(gmem.inode.pages.size, 1);
  qemu.close(fd);
  assert.match(show(vm.guest_load(PAGE)), /errno: EFAULT/);
  assert.ok(host.trace.events.at(-1)?.why?.includes('closed'));
});

test('attributes: the checks in order', () => {
  const { vm } = machine();
  is(vm.kvm_set_memory_attributes({ ...PRIVATE, flags: 1 }), '-EINVAL');
  is(vm.kvm_set_memory_attributes({ ...PRIVATE, attributes: 1 }), '-EINVAL');
  is(vm.kvm_set_memory_attributes({ ...PRIVATE, size: 0 }), '-EINVAL');
  is(vm.kvm_set_memory_attributes({ ...PRIVATE, size: 5 }), '-EINVAL');
  is(vm.kvm_set_memory_attributes({ ...PRIVATE, address: 2n ** 64n - 4096n }), '-EINVAL');
  is(vm.kvm_set_memory_attributes(PRIVATE), '0');
  assert.deepEqual(vm.attributes.ranges, [[0, 2]]);
  vm.kvm_set_memory_attributes({ address: PAGE, size: PAGE, attributes: 0 });
  vm.kvm_set_memory_attributes({ address: PAGE, size: 3 * PAGE, attributes: 8 });
  assert.deepEqual(vm.attributes.ranges, [[0, 4]]);
});

test('the same call by version', () => {
  const bindTwice = (version: string) => {
    const { vm, region } = machine(version);
    vm.kvm_set_user_memory_region2(region);
    return show(vm.kvm_set_user_memory_region2({ ...region, slot: 1, guest_phys_addr: 8 * PAGE }));
  };
  assert.deepEqual(['6.12.117', '6.18.44', '7.3.4'].map(bindTwice), ['-EINVAL', '-EINVAL', '-EEXIST']);
  const old = machine('6.12.117', 0);
  is(old.vm.kvm_set_user_memory_region2(old.region), '-EINVAL');
  is(old.vm.kvm_create_guest_memfd(PAGE, GUEST_MEMFD_FLAG_MMAP), '-EINVAL');
  const host = new Host(linux('037dd1308c6d'));
  const vm = kvm_create_vm(host.process('qemu'), 'vm');
  assert.ok(vm instanceof KvmVm);
  assert.throws(() => vm.kvm_create_guest_memfd(PAGE), NotRead);
});

test('populate: private pages only, once where the kernel keeps track, absent in 6.8', () => {
  const answers = ['6.8', '6.12.117', '6.18.44', '01f492e1817e', '7.3.4'].map((version) => {
    const { vm, region } = machine(version);
    vm.kvm_set_user_memory_region2(region);
    const shared = show(vm.kvm_gmem_populate(0, 'boot', 1));
    vm.kvm_set_memory_attributes(PRIVATE);
    const first = show(vm.kvm_gmem_populate(0, 'boot', 4));
    const again = show(vm.kvm_gmem_populate(0, 'more', 1));
    return [shared, first, again, show(vm.guest_load(0))];
  });
  assert.deepEqual(answers, [
    ['-ENOSYS', '-ENOSYS', '-ENOSYS', '0'],
    ['-EINVAL', '2', '-EEXIST', '98'],
    ['-EINVAL', '2', '-EEXIST', '98'],
    ['-EINVAL', '2', '1', '109'],
    ['-EINVAL', '2', '1', '109'],
  ]);
});

test('a kernel of which only KVM was read makes no memfd', () => {
  const p = new Host(linux('6.8')).process('p');
  assert.throws(() => p.memfd_create('t', 0), NotRead);
  assert.throws(() => p.memfd_secret(0), NotRead);
});

test('PROT_EXEC by version: the mount refuses, or nobody does before the file', () => {
  const answer = (version: string) => {
    const { qemu, fd } = machine(version);
    return show(qemu.mmap(0, PAGE, PROT_READ | PROT_EXEC, MAP_SHARED, fd, 0));
  };
  assert.deepEqual(['6.12.117', '6.18.44'].map(answer), ['-ENODEV', '-EPERM']);
  assert.throws(() => answer('6.8'), NotRead);
});

test('pre-faulting maps private pages, and stops where there is no slot', () => {
  const { vm, region } = machine('6.12.117');
  vm.kvm_set_user_memory_region2(region);
  vm.kvm_set_memory_attributes({ ...PRIVATE, size: 8 * PAGE });
  is(vm.kvm_pre_fault_memory(0, 0), '-EINVAL');
  is(vm.kvm_pre_fault_memory(0, 2 * PAGE), '0');
  assert.equal(vm.stage2.entries().length, 2);
  is(vm.kvm_pre_fault_memory(3 * PAGE, 4 * PAGE), '0');
  is(vm.kvm_pre_fault_memory(4 * PAGE, PAGE), '-EFAULT');
  is(vm.kvm_pre_fault_memory(16 * PAGE, PAGE), '-ENOENT');
  is(machine('6.8').vm.kvm_pre_fault_memory(0, PAGE), '-ENOTTY');
  assert.throws(() => machine('7.3.4').vm.kvm_pre_fault_memory(0, PAGE), NotRead);
});

test('a slot ends at the last guest address of the machine, or before it (live comparison on 6.18.44)', () => {
  const { vm, fd } = machine('6.18.44', 0);
  const last = { slot: 1, guest_phys_addr: 2 ** 52 - PAGE, memory_size: PAGE, userspace_addr: 0 };
  assert.equal(vm.kvm_set_user_memory_region2(last), 0);
  assert.equal(String(vm.kvm_set_user_memory_region2({ ...last, slot: 2, guest_phys_addr: 2 ** 52 })), '-EINVAL');
  // The refused slot leaves the file free for another one.
  const bound = { flags: KVM_MEM_GUEST_MEMFD, guest_memfd: fd, guest_memfd_offset: 0 };
  assert.equal(
    String(vm.kvm_set_user_memory_region2({ ...last, slot: 2, guest_phys_addr: 2 ** 52, ...bound })),
    '-EINVAL',
  );
  assert.equal(vm.kvm_set_user_memory_region2({ ...last, slot: 2, guest_phys_addr: 0, ...bound }), 0);
});
