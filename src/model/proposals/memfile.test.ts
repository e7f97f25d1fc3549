import assert from 'node:assert/strict';
import { test } from 'node:test';
import {
  type Errno,
  F_GET_SEALS,
  FALLOC_FL_KEEP_SIZE,
  FALLOC_FL_PUNCH_HOLE,
  Host,
  linux,
  MAP_SHARED,
  MFD_ALLOW_SEALING,
  NotRead,
  PAGE,
  PROT_READ,
  show,
} from '../index.ts';
import {
  inaccessibleV3,
  inaccessibleV3Meant,
  inaccessibleV5,
  inaccessibleV6,
  inaccessibleV8,
  kvm_create_vm,
  MFD_INACCESSIBLE,
  memfile_register_notifier,
  pinned_vm,
} from './inaccessible.ts';
import { KVM_MEMORY_ATTRIBUTE_PRIVATE, memfd_restricted, restrictedV10 } from './restricted.ts';

const HOLE = FALLOC_FL_PUNCH_HOLE | FALLOC_FL_KEEP_SIZE;
const is = (value: unknown, text: string) => assert.equal(show(value), text);

/** The rows of "error results by generation" that a version of this series has, in order. */
function answers(kernel: typeof inaccessibleV5) {
  const qemu = new Host(kernel).process('qemu');
  const fd = kernel === restrictedV10 ? memfd_restricted(qemu, 0) : qemu.memfd_create('ram', MFD_INACCESSIBLE);
  const sized = [qemu.ftruncate(fd, 1), qemu.ftruncate(fd, PAGE), qemu.ftruncate(fd, 2 * PAGE)];
  return [
    qemu.write(fd, 'x'),
    qemu.read(fd, new Uint8Array(1)),
    qemu.mmap(0, PAGE, PROT_READ, MAP_SHARED, fd, 0),
    ...sized,
    qemu.fallocate(fd, HOLE, 1, PAGE),
    qemu.fallocate(fd, 0, 4 * PAGE, PAGE),
  ]
    .map(show)
    .join(' ');
}

test('errors by version', () => {
  assert.equal(answers(inaccessibleV3Meant), '-EPERM -EPERM -EPERM -EINVAL 0 0 -EINVAL 0');
  assert.equal(answers(inaccessibleV5), '-EPERM -EPERM -EPERM -EINVAL 0 -EPERM -EINVAL 0');
  assert.equal(answers(inaccessibleV6), '-EPERM -EPERM -EPERM -EINVAL 0 -EPERM -EINVAL 0');
  assert.equal(answers(inaccessibleV8), '-EINVAL -EINVAL -ENODEV -EINVAL 0 -EPERM -EINVAL 0');
  assert.equal(answers(restrictedV10), '-EINVAL -EINVAL -ENODEV -EINVAL 0 -EPERM -EINVAL 0');
});

test('the flag excludes sealing; as posted in v3 it seals nothing', () => {
  for (const kernel of [inaccessibleV3, inaccessibleV3Meant, inaccessibleV5]) {
    is(new Host(kernel).process('qemu').memfd_create('both', MFD_INACCESSIBLE | MFD_ALLOW_SEALING), '-EINVAL');
  }
  const posted = new Host(inaccessibleV3).process('qemu');
  const fd = posted.memfd_create('ram', MFD_INACCESSIBLE);
  is(posted.fcntl(fd, F_GET_SEALS), '1');
  is(posted.write(fd, 'x'), '1');
  const meant = new Host(inaccessibleV3Meant).process('qemu');
  is(meant.fcntl(meant.memfd_create('ram', MFD_INACCESSIBLE), F_GET_SEALS), '33');
});

test('v5 counts for the caller, in both directions', () => {
  const host = new Host(inaccessibleV5);
  const qemu = host.process('qemu');
  const peer = host.process('peer');
  const fd = qemu.memfd_create('ram', MFD_INACCESSIBLE);
  qemu.fallocate(fd, 0, 0, 3 * PAGE);
  qemu.fallocate(fd, 0, 0, 3 * PAGE);
  assert.equal(pinned_vm(qemu), 3);
  peer.fallocate(qemu.scm_rights(fd, peer), HOLE, 0, 2 * PAGE);
  assert.deepEqual([pinned_vm(qemu), pinned_vm(peer)], [3, -2]);
});

test('notifiers: unknown flags, other flags, no file, a file without backing store', () => {
  const qemu = new Host(inaccessibleV6).process('qemu');
  const fd = qemu.memfd_create('ram', MFD_INACCESSIBLE);
  is(memfile_register_notifier(qemu.file(fd), 8, { name: 'a' }), '-EINVAL');
  is(memfile_register_notifier(qemu.file(99), 1, { name: 'a' }), '-EINVAL');
  is(memfile_register_notifier(qemu.file(fd), 1, null), '-EINVAL');
  is(memfile_register_notifier(qemu.file(qemu.memfd_secret(0)), 1, { name: 'a' }), '-EOPNOTSUPP');
  is(memfile_register_notifier(qemu.file(fd), 1, { name: 'a' }), '0');
  is(memfile_register_notifier(qemu.file(fd), 2, { name: 'b' }), '-EINVAL');
  is(memfile_register_notifier(qemu.file(fd), 1, { name: 'b' }), '0');
});

test('v6: private is what the private file has', () => {
  const qemu = new Host(inaccessibleV6).process('qemu');
  const fd = qemu.memfd_create('ram', MFD_INACCESSIBLE);
  qemu.ftruncate(fd, PAGE);
  const vm = kvm_create_vm(qemu, 'vm');
  is(vm.kvm_set_user_memory_region_ext({ slot: 0, guest_phys_addr: 0, memory_size: PAGE, private_fd: fd }), '0');
  is(vm.guest_load(0), 'KVM_EXIT_MEMORY_FAULT { flags: PRIVATE, gpa: 0x0, size: 4096 }');
  is(qemu.fallocate(fd, 0, 0, PAGE), '0');
  is(vm.guest_store(0, 1), '0');
  is(vm.guest_load(0, { private: false }), 'KVM_EXIT_MEMORY_FAULT { flags: 0, gpa: 0x0, size: 4096 }');
  is(qemu.fallocate(fd, HOLE, 0, PAGE), '0');
  assert.match(show(vm.guest_load(0)), /PRIVATE/);
  is(vm.kvm_set_memory_attributes(0, PAGE, KVM_MEMORY_ATTRIBUTE_PRIVATE), '-ENOTTY');
});

test('v10: private is what was declared; the touch allocates', () => {
  const qemu = new Host(restrictedV10).process('qemu');
  is(memfd_restricted(qemu, 1), '-EINVAL');
  const fd = memfd_restricted(qemu, 0);
  qemu.ftruncate(fd, PAGE);
  const vm = kvm_create_vm(qemu, 'vm');
  is(vm.kvm_set_user_memory_region_ext({ slot: 0, guest_phys_addr: 0, memory_size: PAGE, private_fd: fd }), '0');
  is(vm.kvm_set_memory_attributes(0, PAGE, KVM_MEMORY_ATTRIBUTE_PRIVATE), '0');
  is(vm.guest_store(0, 9), '0');
  is(qemu.fallocate(fd, HOLE, 0, PAGE), '0');
  is(vm.guest_load(0), '0');
  is(memfd_restricted(new Host(inaccessibleV6).process('old'), 0), '-ENOSYS');
});

const slot0 = (fd: number | Errno) => ({ slot: 0, guest_phys_addr: 0, memory_size: PAGE, private_fd: fd });

test('v3: one VM for a file, an exit of its own name, slots that can only be deleted', () => {
  const qemu = new Host(inaccessibleV3).process('qemu');
  const fd = qemu.memfd_create('ram', MFD_INACCESSIBLE);
  qemu.ftruncate(fd, PAGE);
  const vm = kvm_create_vm(qemu, 'vm');
  is(vm.kvm_set_user_memory_region_ext(slot0(fd)), '0');
  is(vm.kvm_set_user_memory_region_ext(slot0(fd)), '-EINVAL');
  is(vm.guest_load(0), 'KVM_EXIT_MEMORY_ERROR { type: KVM_EXIT_MEM_MAP_PRIVATE, gpa: 0x0, size: 4096 }');
  is(qemu.fallocate(fd, 0, 0, PAGE), '0');
  is(vm.guest_store(0, 7), '0');
  is(
    vm.guest_load(0, { private: false }),
    'KVM_EXIT_MEMORY_ERROR { type: KVM_EXIT_MEM_MAP_SHARED, gpa: 0x0, size: 4096 }',
  );
  // As posted the file is open: the VMM reads what the guest wrote.
  const buffer = new Uint8Array(1);
  is(qemu.pread(fd, buffer, 0), '1');
  assert.equal(buffer[0], 7);
  const second = kvm_create_vm(qemu, 'second');
  is(second.kvm_set_user_memory_region_ext(slot0(fd)), '-EPERM');
  is(second.kvm_set_user_memory_region_ext(slot0(qemu.memfd_secret(0))), '-EINVAL');
  is(second.kvm_set_user_memory_region_ext(slot0(99)), '-EINVAL');
  vm.close();
  assert.throws(() => second.kvm_set_user_memory_region_ext(slot0(fd)), NotRead);
});

test('v8: private unless declared shared, the touch allocates, and KVM does not look at the kind of file', () => {
  const qemu = new Host(inaccessibleV8).process('qemu');
  const fd = qemu.memfd_create('ram', MFD_INACCESSIBLE);
  qemu.ftruncate(fd, PAGE);
  const vm = kvm_create_vm(qemu, 'vm');
  is(vm.kvm_set_user_memory_region_ext(slot0(fd)), '0');
  is(vm.guest_store(0, 7), '0');
  is(vm.kvm_memory_encrypt_unreg_region(0, PAGE), '0');
  is(vm.guest_load(0), 'KVM_EXIT_MEMORY_FAULT { flags: PRIVATE, gpa: 0x0, size: 4096 }');
  is(vm.kvm_memory_encrypt_reg_region(0, PAGE / 2), '-EINVAL');
  is(vm.kvm_memory_encrypt_reg_region(0, PAGE), '0');
  is(vm.guest_load(0), '7');
  is(qemu.fallocate(fd, HOLE, 0, PAGE), '0');
  is(vm.guest_load(0), '0');
  const second = kvm_create_vm(qemu, 'second');
  is(second.kvm_set_user_memory_region_ext(slot0(fd)), '0');
  const plain = qemu.memfd_create('plain', MFD_ALLOW_SEALING);
  is(second.kvm_set_user_memory_region_ext({ ...slot0(plain), slot: 1, guest_phys_addr: PAGE }), 'oops');
  is(vm.kvm_set_memory_attributes(0, PAGE, KVM_MEMORY_ATTRIBUTE_PRIVATE), '-ENOTTY');
});

test('what was not read is not guessed', () => {
  const qemu = new Host(restrictedV10).process('qemu');
  const plain = qemu.memfd_create('plain', MFD_ALLOW_SEALING);
  assert.throws(() => kvm_create_vm(qemu, 'vm').kvm_set_user_memory_region_ext(slot0(plain)), NotRead);
  assert.throws(() => kvm_create_vm(new Host(linux('6.18.44')).process('qemu'), 'vm'), TypeError);
});
