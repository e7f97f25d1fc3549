import assert from 'node:assert/strict';
import { test } from 'node:test';
import { F_ADD_SEALS, Host, MAP_SHARED, MFD_ALLOW_SEALING, PAGE, PROT_READ, PROT_WRITE, show } from '../index.ts';
import { F_SEAL_GUEST, fdWithoutAddress, kvm_create_vm } from './fd-without-address.ts';

const is = (value: unknown, text: string) => assert.equal(show(value), text);

function machine() {
  const host = new Host(fdWithoutAddress);
  const qemu = host.process('qemu');
  const fd = qemu.memfd_create('private', MFD_ALLOW_SEALING);
  is(qemu.fcntl(fd, F_ADD_SEALS, F_SEAL_GUEST), '0');
  const region = { slot: 0, guest_phys_addr: 0, memory_size: 2 * PAGE, fd };
  return { host, qemu, fd, region, vm: kvm_create_vm(qemu, 'vm') };
}

test('the access chooses the set of slots', () => {
  const { qemu, region, vm } = machine();
  is(vm.kvm_set_private_memory_region(region), '0');
  const userspace_addr = qemu.mmap(0, PAGE, PROT_READ | PROT_WRITE, MAP_SHARED, qemu.memfd_create('s', 0), 0);
  is(vm.guest_load(0, { private: false }), 'KVM_EXIT_MEMORY_ERROR { wants: shared, gpa: 0x0 }');
  is(vm.kvm_set_user_memory_region({ slot: 0, guest_phys_addr: 0, memory_size: PAGE, userspace_addr }), '0');
  is(vm.guest_store(0, 7), '0');
  is(vm.guest_load(0, { private: false }), '-EFAULT');
  is(vm.guest_load(0), '7');
  is(vm.guest_load(5 * PAGE, { private: false }), 'KVM_EXIT_MMIO { phys_addr: 0x5000 }');
  is(vm.guest_load(5 * PAGE), 'KVM_EXIT_MEMORY_ERROR { wants: private, gpa: 0x5000 }');
});

test('one file, one guest; what is no file is refused; alignment', () => {
  const { qemu, region, vm } = machine();
  is(vm.kvm_set_private_memory_region(region), '0');
  is(vm.kvm_set_private_memory_region({ ...region, slot: 1, guest_phys_addr: 4 * PAGE }), '0');
  is(kvm_create_vm(qemu, 'other').kvm_set_private_memory_region(region), '-EPERM');
  is(vm.kvm_set_private_memory_region({ ...region, fd: 99 }), '-EINVAL');
  is(vm.kvm_set_private_memory_region({ ...region, offset: 1 }), '-EINVAL');
});

test('a hole destroys one page, deleting the slot all of them; closing the VM lets the file go', () => {
  const { qemu, fd, region, vm } = machine();
  vm.kvm_set_private_memory_region(region);
  vm.guest_store(0, 1);
  vm.guest_store(PAGE, 2);
  is(vm.kvm_punch_private_memory(0, PAGE), '0');
  is(vm.guest_load(PAGE), '2');
  is(vm.kvm_set_private_memory_region({ ...region, memory_size: 0 }), '0');
  is(vm.kvm_set_private_memory_region(region), '0');
  is(vm.guest_load(PAGE), '0');
  is(vm.kvm_read_guest(PAGE), '-EFAULT');
  const file = qemu.file(fd);
  assert.ok('refs' in file);
  assert.equal(file.refs, 2);
  vm.close();
  assert.equal(file.refs, 1);
});
