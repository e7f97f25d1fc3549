import assert from 'node:assert/strict';
import { test } from 'node:test';
import {
  GUEST_MEMFD_FLAG_MMAP,
  Host,
  KVM_MEM_GUEST_MEMFD,
  KVM_MEMORY_ATTRIBUTE_PRIVATE,
  KVM_X86_TDX_VM,
  MAP_SHARED,
  PAGE,
  Pin,
  PROT_READ,
  show,
} from '../index.ts';
import { inPlaceV8, kvm_create_vm, kvm_set_memory_attributes2 } from './in-place.ts';

function stage() {
  const qemu = new Host(inPlaceV8).process('qemu');
  const vm = kvm_create_vm(qemu, 'vm', KVM_X86_TDX_VM);
  const fd = vm.kvm_create_guest_memfd(2 * PAGE, GUEST_MEMFD_FLAG_MMAP);
  const view = qemu.mmap(0, 2 * PAGE, PROT_READ, MAP_SHARED, fd, 0);
  return { qemu, vm, fd, view };
}

test('a page of the file is private or shared by itself', () => {
  const { qemu, vm, fd, view } = stage();
  assert.equal(show(kvm_set_memory_attributes2(qemu, fd, { offset: 0, size: PAGE, attributes: 0 })), '0');
  assert.equal(show(qemu.load(view)), '0');
  assert.equal(show(qemu.load((view as number) + PAGE)), 'SIGBUS');
  const slot = { slot: 0, flags: KVM_MEM_GUEST_MEMFD, guest_phys_addr: 0, memory_size: 2 * PAGE, guest_memfd: fd };
  assert.equal(show(vm.kvm_set_user_memory_region2(slot)), '0');
  assert.match(show(vm.guest_load(0, { private: true })), /^KVM_EXIT_MEMORY_FAULT/);
  assert.equal(show(vm.guest_load(PAGE, { private: true })), '0');
});

test('a held page keeps the whole range from becoming private, and is named', () => {
  const { qemu, fd, view } = stage();
  kvm_set_memory_attributes2(qemu, fd, { offset: 0, size: 2 * PAGE, attributes: 0 });
  const pin = qemu.vmsplice((view as number) + PAGE, PAGE);
  const request = { offset: 0, size: 2 * PAGE, attributes: KVM_MEMORY_ATTRIBUTE_PRIVATE, error_offset: 0 };
  assert.equal(show(kvm_set_memory_attributes2(qemu, fd, request)), '-EAGAIN');
  assert.equal(request.error_offset, PAGE);
  assert.equal(show(qemu.load(view)), '0');
  if (pin instanceof Pin) pin.release();
  assert.equal(show(kvm_set_memory_attributes2(qemu, fd, request)), '0');
  assert.equal(show(qemu.load(view)), 'SIGBUS');
});

test('what the file cannot take is refused, and what was not read is not answered', () => {
  const { qemu, vm, fd } = stage();
  const request = { offset: 0, size: PAGE, attributes: 0 };
  assert.equal(show(kvm_set_memory_attributes2(qemu, vm.fd, request)), '-ENOTTY');
  assert.equal(show(kvm_set_memory_attributes2(qemu, 99, request)), '-EBADF');
  assert.equal(show(kvm_set_memory_attributes2(qemu, fd, { ...request, size: 3 * PAGE })), '-EINVAL');
  assert.equal(show(kvm_set_memory_attributes2(qemu, fd, { ...request, attributes: 1 })), '-EINVAL');
  assert.throws(() => vm.kvm_set_memory_attributes({ address: 0, size: PAGE, attributes: 8 }), /not read/);
});
