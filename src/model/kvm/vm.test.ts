import assert from 'node:assert/strict';
import { test } from 'node:test';
import { Host, linux, MAP_SHARED, PAGE, PROT_READ, PROT_WRITE, show } from '../index.ts';
import { KVM_MEM_LOG_DIRTY_PAGES } from './constants.ts';
import { kvm_create_vm, vm_list } from './vm.ts';

function machine() {
  const host = new Host(linux('6.18.44'));
  const qemu = host.process('qemu');
  const fd = qemu.memfd_create('ram', 0);
  qemu.ftruncate(fd, 4 * PAGE);
  const address = qemu.mmap(0, 4 * PAGE, PROT_READ | PROT_WRITE, MAP_SHARED, fd, 0);
  const vm = kvm_create_vm(qemu, 'vm');
  const region = { slot: 0, guest_phys_addr: PAGE, memory_size: 4 * PAGE, userspace_addr: address };
  return { host, qemu, fd, address, vm, region };
}
const is = (value: unknown, text: string) => assert.equal(show(value), text);

test('an ordinary slot shows what the user address shows', () => {
  const { qemu, fd, vm, region } = machine();
  is(vm.kvm_set_user_memory_region(region), '0');
  is(vm.guest_store(PAGE + 2, 9), '0');
  const byte = new Uint8Array(1);
  is(qemu.pread(fd, byte, 2), '1');
  is(byte, '09');
  is(vm.guest_load(0), 'KVM_EXIT_MMIO { phys_addr: 0x0 }');
});

test('slots: alignment, overlap, deletion', () => {
  const { vm, region } = machine();
  is(vm.kvm_set_user_memory_region({ ...region, memory_size: 100 }), '-EINVAL');
  is(vm.kvm_set_user_memory_region(region), '0');
  is(vm.kvm_set_user_memory_region({ ...region, slot: 1, guest_phys_addr: 2 * PAGE }), '-EEXIST');
  is(vm.kvm_set_user_memory_region({ ...region, memory_size: 0 }), '0');
  assert.match(show(vm.guest_load(PAGE)), /^KVM_EXIT_MMIO/);
});

test('secret memory cannot back a slot: get_user_pages refuses it', () => {
  const { qemu, vm, region } = machine();
  const secret = qemu.memfd_secret(0);
  qemu.ftruncate(secret, 4 * PAGE);
  const address = qemu.mmap(0, 4 * PAGE, PROT_READ | PROT_WRITE, MAP_SHARED, secret, 0);
  is(qemu.store(address, 1), '0');
  is(vm.kvm_set_user_memory_region({ ...region, userspace_addr: address }), '0');
  is(vm.guest_load(PAGE), '-EFAULT');
});

test('the dirty log has what the guest wrote, once', () => {
  const { vm, region } = machine();
  is(vm.kvm_set_user_memory_region({ ...region, flags: KVM_MEM_LOG_DIRTY_PAGES }), '0');
  vm.guest_store(2 * PAGE, 1);
  vm.guest_load(3 * PAGE);
  is(vm.kvm_get_dirty_log(0), '[1]');
  is(vm.kvm_get_dirty_log(0), '[]');
  is(vm.kvm_get_dirty_log(7), '-ENOENT');
});

test('the last reference destroys a VM, and its address is handed out again', () => {
  const { host, qemu, vm } = machine();
  assert.equal(vm.kvm_get_kvm_safe(), true);
  vm.close();
  assert.equal(vm.freed, false);
  vm.kvm_put_kvm();
  assert.equal(vm.freed, true);
  assert.equal(vm.kvm_get_kvm_safe(), false);
  assert.deepEqual(vm_list(host), []);
  assert.equal(kvm_create_vm(qemu, 'next').address, vm.address);
});
