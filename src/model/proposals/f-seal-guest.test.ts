import assert from 'node:assert/strict';
import { test } from 'node:test';
import {
  at,
  F_ADD_SEALS,
  F_GET_SEALS,
  F_SEAL_FUTURE_WRITE,
  F_SEAL_GROW,
  F_SEAL_SEAL,
  F_SEAL_SHRINK,
  F_SEAL_WRITE,
  FALLOC_FL_KEEP_SIZE,
  FALLOC_FL_PUNCH_HOLE,
  Host,
  type Kernel,
  MAP_PRIVATE,
  MAP_SHARED,
  MFD_ALLOW_SEALING,
  PAGE,
  PROT_READ,
  PROT_WRITE,
  show,
} from '../index.ts';
import {
  callbacks,
  F_SEAL_GUEST,
  fSealGuest,
  fSealGuestCharged,
  fSealGuestExclusive,
  fSealGuestManyUsers,
  fSealGuestNoOtherSeals,
  fSealGuestUnmovable,
  fSealGuestV2,
  fSealGuestWithReference,
  fSealTrapDoor,
  kvm_create_vm,
  MFD_GUEST,
  memfd_register_guest,
  mfdGuest,
  migrate_page,
  offline_movable,
  punch_in_steps,
  vfio_open,
  WouldSleep,
} from './f-seal-guest.ts';

const HOLE = FALLOC_FL_PUNCH_HOLE | FALLOC_FL_KEEP_SIZE;
const is = (value: unknown, text: string) => assert.equal(show(value), text);

function sealed(kernel: Kernel = fSealGuestV2, pages = 2) {
  const host = new Host(kernel);
  const qemu = host.process('qemu');
  const fd = qemu.memfd_create('ram', MFD_ALLOW_SEALING);
  is(qemu.fcntl(fd, F_ADD_SEALS, F_SEAL_GUEST), '0');
  if (pages > 0) is(qemu.fallocate(fd, 0, 0, pages * PAGE), '0');
  const region = { slot: 0, guest_phys_addr: 0, memory_size: 2 * PAGE, private_fd: fd };
  return { host, qemu, fd, region };
}

test('the seal needs an empty file without mappings of any kind, and implies no other seal', () => {
  const host = new Host(fSealGuestV2);
  const qemu = host.process('qemu');
  const fd = qemu.memfd_create('ram', MFD_ALLOW_SEALING);
  for (const kind of [MAP_SHARED, MAP_PRIVATE]) {
    const address = qemu.mmap(0, PAGE, PROT_READ, kind, fd, 0);
    is(qemu.fcntl(fd, F_ADD_SEALS, F_SEAL_GUEST), '-EBUSY');
    is(qemu.munmap(address, PAGE), '0');
  }
  is(qemu.ftruncate(fd, 1), '0');
  is(qemu.fcntl(fd, F_ADD_SEALS, F_SEAL_GUEST), '-EBUSY');
  is(qemu.ftruncate(fd, 0), '0');
  is(qemu.fcntl(fd, F_ADD_SEALS, F_SEAL_GUEST), '0');
  assert.equal(qemu.fcntl(fd, F_GET_SEALS), F_SEAL_GUEST);
  is(qemu.fchmod(fd, 0o600), '0');
});

test('a refused request adds none of its seals; F_SEAL_SEAL and F_SEAL_WRITE are looked at first', () => {
  const host = new Host(fSealGuestV2);
  const qemu = host.process('qemu');
  const fd = qemu.memfd_create('ram', MFD_ALLOW_SEALING);
  is(qemu.ftruncate(fd, PAGE), '0');
  is(qemu.fcntl(fd, F_ADD_SEALS, F_SEAL_GUEST | F_SEAL_SHRINK), '-EBUSY');
  assert.equal(qemu.fcntl(fd, F_GET_SEALS), 0);
  is(qemu.fcntl(fd, F_ADD_SEALS, F_SEAL_SEAL), '0');
  is(qemu.fcntl(fd, F_ADD_SEALS, F_SEAL_GUEST), '-EPERM');
  is(qemu.fcntl(fd, F_ADD_SEALS, 0x40), '-EINVAL');
});

test('user space: reads look at the size first, by page; writes and mappings are refused', () => {
  const { qemu, fd } = sealed(fSealGuestV2, 0);
  const buffer = new Uint8Array(4);
  is(qemu.pread(fd, buffer, 0), '-EPERM');
  is(qemu.ftruncate(fd, PAGE), '0');
  is(qemu.pread(fd, buffer, PAGE), '-EPERM');
  is(qemu.pread(fd, buffer, 2 * PAGE), '0');
  is(qemu.pwrite(fd, 'x', 5 * PAGE), '-EPERM');
  is(qemu.write(fd, ''), '0');
  is(qemu.mmap(0, PAGE, PROT_READ, MAP_PRIVATE, fd, 0), '-EPERM');
  is(qemu.mmap(0, PAGE, PROT_READ | PROT_WRITE, MAP_SHARED, fd, 0), '-EPERM');
  const other = qemu.memfd_create('other', 0);
  is(qemu.sendfile(other, fd, 0, 4), '-EPERM');
});

test('sizes and holes follow page boundaries, after the checks of the other seals', () => {
  const { qemu, fd } = sealed();
  is(qemu.ftruncate(fd, PAGE + 1), '-EINVAL');
  is(qemu.fallocate(fd, HOLE, 1, PAGE), '-EINVAL');
  is(qemu.fallocate(fd, 0, 1, 10), '0');
  is(qemu.fcntl(fd, F_ADD_SEALS, F_SEAL_SHRINK | F_SEAL_GROW), '0');
  is(qemu.ftruncate(fd, 1), '-EPERM');
  is(qemu.ftruncate(fd, 3 * PAGE + 1), '-EPERM');
  is(qemu.fcntl(fd, F_ADD_SEALS, F_SEAL_FUTURE_WRITE), '0');
  is(qemu.fallocate(fd, HOLE, 1, PAGE), '-EPERM');
});

test('registration: nobody, another owner, the same owner again, a file that shmem does not keep', () => {
  const { host, qemu, fd } = sealed();
  const ops = { invalidate_page_range() {}, fallocate() {} };
  const one = { name: 'one', address: 1 };
  is(memfd_register_guest(host, qemu.file(fd), null, ops), '-EINVAL');
  assert.ok('get_lock_pfn' in memfd_register_guest(host, qemu.file(fd), one, ops));
  assert.ok('get_lock_pfn' in memfd_register_guest(host, qemu.file(fd), one, ops));
  is(memfd_register_guest(host, qemu.file(fd), { name: 'two', address: 2 }, ops), '-EPERM');
  is(memfd_register_guest(host, qemu.file(qemu.memfd_secret(0)), one, ops), '-EINVAL');
  is(memfd_register_guest(host, qemu.file(99), one, ops), '-EINVAL');
});

test('a page stays locked between get and put; a hole punch would sleep', () => {
  const { host, qemu, fd } = sealed();
  const file = qemu.file(fd);
  assert.ok('inode' in file);
  const ops = memfd_register_guest(
    host,
    file,
    { name: 'one', address: 1 },
    { invalidate_page_range() {}, fallocate() {} },
  );
  assert.ok('get_lock_pfn' in ops);
  assert.equal(typeof ops.get_lock_pfn(file.inode, 0, false), 'number');
  assert.throws(() => qemu.fallocate(fd, HOLE, 0, PAGE), WouldSleep);
  assert.throws(() => ops.get_lock_pfn(file.inode, 0, false), WouldSleep);
  ops.put_unlock_pfn(file.inode, 0);
  assert.throws(() => ops.put_unlock_pfn(file.inode, 0), /VM_BUG_ON_PAGE/);
  is(qemu.fallocate(fd, HOLE, 0, PAGE), '0');
  is(ops.get_lock_pfn(file.inode, 0, false), '-EINVAL');
  assert.equal(typeof ops.get_lock_pfn(file.inode, 7, true), 'number');
});

test('fallocate and hole punch reach the guest through callbacks', () => {
  const { host, qemu, fd, region } = sealed(fSealGuestV2, 0);
  is(qemu.ftruncate(fd, 2 * PAGE), '0');
  const vm = kvm_create_vm(qemu, 'vm');
  is(vm.kvm_set_user_memory_region_ext(region), '0');
  is(vm.guest_store(0, 1), 'KVM_EXIT_MEMORY_ERROR { type: KVM_EXIT_MEM_MAP_PRIVATE, gpa: 0x0, size: 4096 }');
  is(qemu.fallocate(fd, 0, 0, PAGE), '0');
  is(vm.guest_store(0, 1), '0');
  assert.deepEqual(callbacks(host).slice(1), ['ram calls vm: fallocate 0 to 1']);
  is(
    vm.guest_load(0, { private: false }),
    'KVM_EXIT_MEMORY_ERROR { type: KVM_EXIT_MEM_MAP_SHARED, gpa: 0x0, size: 4096 }',
  );
  is(qemu.ftruncate(fd, 0), '0');
  assert.deepEqual(callbacks(host).slice(-1), ['ram calls vm: invalidate_page_range 0 to 0']);
  assert.match(show(vm.guest_load(0)), /^KVM_EXIT_MEMORY_ERROR/);
});

test('gutter: pages are P, holes are free', () => {
  const { host, qemu, fd } = sealed();
  qemu.fallocate(fd, HOLE, 0, PAGE);
  assert.deepEqual(host.trace.events.at(-1)?.owners, [
    {
      object: 'ram',
      first: 0,
      runs: [
        ['·', 1],
        ['P', 1],
      ],
    },
  ]);
});

test('nothing unregisters as posted: the next VM is refused, unless it inherits the address', () => {
  const { qemu, region } = sealed();
  const old = kvm_create_vm(qemu, 'old');
  is(old.kvm_set_user_memory_region_ext(region), '0');
  const early = kvm_create_vm(qemu, 'early');
  old.close();
  is(early.kvm_set_user_memory_region_ext(region), '-EPERM');
  is(kvm_create_vm(qemu, 'late').kvm_set_user_memory_region_ext(region), '0');
});

test('the race: after the look at vm_list it is a use after free, with a reference it is not', () => {
  const run = (kernel: Kernel, before: number) => {
    const { qemu, fd, region } = sealed(kernel);
    const vm = kvm_create_vm(qemu, 'vm');
    vm.kvm_set_user_memory_region_ext(region);
    const punch = punch_in_steps(qemu, fd, 0);
    for (let step = 0; step < before; step++) punch.step();
    vm.close();
    let last: unknown;
    for (let step = 0; step < 6; step++) last = punch.step();
    return show(last);
  };
  assert.deepEqual(
    [0, 1, 2, 3].map((n) => run(fSealGuestV2, n)),
    ['0', '0', 'use-after-free: struct kvm of vm', '0'],
  );
  assert.deepEqual(
    [0, 1, 2, 3].map((n) => run(fSealGuestWithReference, n)),
    ['0', '0', '0', '0'],
  );
});

test('with a reference the file is free for another owner once its VM is gone', () => {
  const { qemu, region } = sealed(fSealGuestWithReference);
  const vm = kvm_create_vm(qemu, 'vm');
  const next = kvm_create_vm(qemu, 'next');
  is(vm.kvm_set_user_memory_region_ext(region), '0');
  is(vm.kvm_set_user_memory_region_ext(region), '0');
  is(next.kvm_set_user_memory_region_ext(region), '-EPERM');
  vm.close();
  is(next.kvm_set_user_memory_region_ext(region), '0');
});

test('a list of users, an exclusive flag, a trap door', () => {
  const many = sealed(fSealGuestManyUsers);
  is(kvm_create_vm(many.qemu, 'vm').kvm_set_user_memory_region_ext(many.region), '0');
  const nic = vfio_open(many.qemu, 'nic');
  is(nic.map_file(0, many.fd, 0, PAGE), '0');
  is(many.qemu.fallocate(many.fd, HOLE, 0, PAGE), '0');
  is(nic.dma_read(1), 'IOMMU fault at 0x1');
  const alone = sealed(fSealGuestExclusive);
  is(kvm_create_vm(alone.qemu, 'vm', { exclusive: true }).kvm_set_user_memory_region_ext(alone.region), '0');
  is(vfio_open(alone.qemu, 'nic').map_file(0, alone.fd, 0, PAGE), '-EPERM');
  const late = sealed(fSealGuestExclusive);
  is(vfio_open(late.qemu, 'nic').map_file(0, late.fd, 0, PAGE), '0');
  is(kvm_create_vm(late.qemu, 'vm', { exclusive: true }).kvm_set_user_memory_region_ext(late.region), '-EPERM');
  const door = sealed(fSealTrapDoor);
  is(kvm_create_vm(door.qemu, 'vm').kvm_set_user_memory_region_ext(door.region), '-EPERM');
});

test('a creation flag, and the rule that no other seal be set', () => {
  const qemu = new Host(mfdGuest).process('qemu');
  const fd = qemu.memfd_create('ram', MFD_GUEST);
  assert.equal(qemu.fcntl(fd, F_GET_SEALS), F_SEAL_SEAL | F_SEAL_GUEST);
  is(qemu.fstat(fd), '{ st_size: 0, st_mode: 0100777, st_blocks: 0 }');
  is(qemu.memfd_create('both', MFD_GUEST | MFD_ALLOW_SEALING), '-EINVAL');
  is(qemu.fcntl(qemu.memfd_create('plain', MFD_ALLOW_SEALING), F_ADD_SEALS, F_SEAL_GUEST), '-EINVAL');
  const strict = new Host(fSealGuestNoOtherSeals).process('qemu');
  const marked = strict.memfd_create('marked', MFD_ALLOW_SEALING);
  is(strict.fcntl(marked, F_ADD_SEALS, F_SEAL_WRITE), '0');
  is(strict.fcntl(marked, F_ADD_SEALS, F_SEAL_GUEST), '-EBUSY');
});

test('charging the caller of fallocate, and giving back', () => {
  const host = new Host(fSealGuestCharged);
  const qemu = host.process('qemu', { rlimit_memlock: 2 * PAGE });
  const fd = qemu.memfd_create('ram', MFD_ALLOW_SEALING);
  qemu.fcntl(fd, F_ADD_SEALS, F_SEAL_GUEST);
  is(qemu.fallocate(fd, 0, 0, 3 * PAGE), '-ENOMEM');
  is(qemu.fallocate(fd, 0, 0, 2 * PAGE), '0');
  is(qemu.fallocate(fd, 0, 0, 2 * PAGE), '0');
  is(qemu.fallocate(fd, HOLE, 0, PAGE), '0');
  is(qemu.fallocate(fd, 0, PAGE, 2 * PAGE), '0');
});

test('guest pages do not move; outside movable zones they are in nobody’s way', () => {
  const posted = sealed();
  is(migrate_page(posted.qemu, posted.fd, 0), '-ENOTSUPP');
  is(offline_movable(posted.qemu, [posted.fd]), '{ moved: 0, stuck: 2 }');
  const argued = sealed(fSealGuestUnmovable);
  is(offline_movable(argued.qemu, [argued.fd]), '{ moved: 0, stuck: 0 }');
});

test('an ordinary slot follows the address; a slot by file keeps the inode alive', () => {
  const host = new Host(fSealGuest({}));
  const qemu = host.process('qemu');
  const ram = qemu.memfd_create('ram', MFD_ALLOW_SEALING);
  qemu.write(ram, 'A');
  const address = qemu.mmap(0, PAGE, PROT_READ, MAP_SHARED, ram, 0);
  const vm = kvm_create_vm(qemu, 'vm');
  is(vm.kvm_set_user_memory_region({ slot: 0, guest_phys_addr: 0, memory_size: PAGE, userspace_addr: address }), '0');
  is(vm.guest_load(0), '65');
  is(vm.guest_store(0, 1), '-EFAULT');
  qemu.munmap(at(address, 0), PAGE);
  is(vm.guest_load(0), '-EFAULT');
  const guest = qemu.memfd_create('guest', MFD_ALLOW_SEALING);
  qemu.fcntl(guest, F_ADD_SEALS, F_SEAL_GUEST);
  qemu.fallocate(guest, 0, 0, PAGE);
  is(vm.kvm_set_user_memory_region_ext({ slot: 1, guest_phys_addr: PAGE, memory_size: PAGE, private_fd: guest }), '0');
  vm.guest_store(PAGE, 7);
  qemu.close(guest);
  is(vm.guest_load(PAGE), '7');
});
