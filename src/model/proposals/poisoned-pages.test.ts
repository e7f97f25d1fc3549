import assert from 'node:assert/strict';
import { test } from 'node:test';
import { at, Host, MAP_SHARED, PAGE, PROT_READ, PROT_WRITE, show } from '../index.ts';
import { kvm_create_vm, poisonV2 } from './poisoned-pages.ts';

const is = (value: unknown, text: string) => assert.equal(show(value), text);

function machine(pages = 4) {
  const host = new Host(poisonV2);
  const qemu = host.process('qemu');
  const fd = qemu.memfd_create('ram', 0);
  qemu.ftruncate(fd, pages * PAGE);
  const address = qemu.mmap(0, pages * PAGE, PROT_READ | PROT_WRITE, MAP_SHARED, fd, 0);
  const region = { slot: 0, guest_phys_addr: 0, memory_size: pages * PAGE, userspace_addr: address };
  const vm = kvm_create_vm(qemu, 'vm');
  is(vm.kvm_set_user_memory_region(region), '0');
  return { host, qemu, fd, address, region, vm };
}

test('before the hypercall the memory is the VMM’s as ever', () => {
  const { qemu, address, vm } = machine();
  is(vm.guest_store(0, 7), '0');
  is(qemu.load(address), '7');
});

test('after it, what the guest touches is SIGBUS for the VMM, EIO through the file, gone for get_user_pages', () => {
  const { host, qemu, fd, address, vm } = machine();
  is(vm.kvm_hc_enable_mem_protected(), '0');
  is(vm.guest_store(0, 7), '0');
  is(qemu.load(address), 'SIGBUS');
  is(qemu.store(address, 1), 'SIGBUS');
  is(qemu.pread(fd, new Uint8Array(1), 0), '-EIO');
  is(qemu.pwrite(fd, 'x', 0), '-EIO');
  is(qemu.vmsplice(address, 1), '-EFAULT');
  is(vm.guest_load(0), '7');
  is(qemu.load(at(address, PAGE)), '0');
  assert.deepEqual(host.trace.events.at(-1)?.owners[0]?.runs, [
    ['P', 1],
    ['H', 1],
    ['·', 2],
  ]);
});

test('sharing gives pages back with their content; freeing clears the mark', () => {
  const { qemu, fd, address, vm } = machine();
  vm.kvm_hc_enable_mem_protected();
  vm.guest_store(0, 7);
  is(vm.kvm_hc_mem_share(0, 1), '0');
  is(qemu.load(address), '7');
  vm.guest_store(PAGE, 8);
  is(qemu.fallocate(fd, 3, PAGE, PAGE), '0');
  is(qemu.load(at(address, PAGE)), '0');
});

test('another VM cannot use the page, whether or not it asked for protection', () => {
  const { qemu, region, vm } = machine();
  vm.kvm_hc_enable_mem_protected();
  vm.guest_store(0, 7);
  const other = kvm_create_vm(qemu, 'other');
  other.kvm_set_user_memory_region(region);
  is(other.guest_load(0), '-EFAULT');
  other.kvm_hc_enable_mem_protected();
  is(other.guest_load(0), '-EHWPOISON');
});

test('32 ranges can be shared; neighbors are one range', () => {
  const { qemu, address, vm } = machine(80);
  vm.kvm_hc_enable_mem_protected();
  for (let page = 0; page < 80; page += 2) vm.kvm_hc_mem_share(page, 1);
  vm.guest_store(62 * PAGE, 1);
  vm.guest_store(64 * PAGE, 1);
  is(qemu.load(at(address, 62 * PAGE)), '1');
  is(qemu.load(at(address, 64 * PAGE)), 'SIGBUS');
});
