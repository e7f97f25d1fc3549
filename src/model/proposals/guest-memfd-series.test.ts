import assert from 'node:assert/strict';
import { test } from 'node:test';
import {
  FALLOC_FL_KEEP_SIZE,
  FALLOC_FL_PUNCH_HOLE,
  GUEST_MEMFD_FLAG_INIT_SHARED,
  GUEST_MEMFD_FLAG_MMAP,
  Host,
  KVM_MEM_GUEST_MEMFD,
  KVM_X86_SNP_VM,
  KVM_X86_SW_PROTECTED_VM,
  linux,
  MAP_SHARED,
  MPOL_BIND,
  NotRead,
  PAGE,
  PROT_READ,
  PROT_WRITE,
  type Result,
  show,
} from '../index.ts';
import { linkGuestMemfdV2, kvm_create_vm as linkVm } from './link-guest-memfd.ts';
import { GUEST_MEMFD_FLAG_NO_DIRECT_MAP, noDirectMapV8, kvm_create_vm as noDirectMapVm } from './no-direct-map.ts';
import { GUEST_MEMFD_FLAG_WRITE, writePopulationV5, kvm_create_vm as writeVm } from './write-population.ts';

const SHARED = GUEST_MEMFD_FLAG_MMAP | GUEST_MEMFD_FLAG_INIT_SHARED;
const HOLE = FALLOC_FL_PUNCH_HOLE | FALLOC_FL_KEEP_SIZE;
const is = (value: unknown, text: string) => assert.equal(show(value), text);
const slot = (guest_memfd: Result) => ({
  slot: 0,
  flags: KVM_MEM_GUEST_MEMFD,
  guest_phys_addr: 0,
  memory_size: PAGE,
  guest_memfd,
});

test('no direct map: mapped and used, and hidden from the kernel until it is freed', () => {
  const host = new Host(noDirectMapV8);
  const qemu = host.process('qemu');
  const vm = noDirectMapVm(qemu, 'vm');
  const fd = vm.kvm_create_guest_memfd(2 * PAGE, SHARED | GUEST_MEMFD_FLAG_NO_DIRECT_MAP);
  is(vm.kvm_set_user_memory_region2(slot(fd)), '0');
  const map = qemu.mmap(0, 2 * PAGE, PROT_READ | PROT_WRITE, MAP_SHARED, fd, 0);
  is(qemu.store(map, 0x41), '0');
  is(vm.guest_load(0), '65');
  const file = qemu.file(fd);
  assert.ok('inode' in file);
  const { pfn } = file.inode.page(0)?.frame ?? { pfn: 0 };
  is(host.kernel_read(pfn), 'oops');
  is(qemu.vmsplice(map, PAGE), '-EFAULT');
  is(qemu.mlock(map, PAGE), '-ENOMEM');
  is(qemu.fallocate(fd, HOLE, 0, PAGE), '0');
  is(host.kernel_read(pfn), '65');
  // Without the flag nothing changes; SNP does not get it.
  const open = vm.kvm_create_guest_memfd(PAGE, SHARED);
  is(qemu.vmsplice(qemu.mmap(0, PAGE, PROT_READ, MAP_SHARED, open, 0), PAGE), 'pin of 4096 bytes');
  const snp = noDirectMapVm(qemu, 'snp', KVM_X86_SNP_VM);
  is(snp.kvm_create_guest_memfd(PAGE, GUEST_MEMFD_FLAG_NO_DIRECT_MAP), '-EINVAL');
});

test('write: whole pages inside the file, counted up to the refusal', () => {
  const qemu = new Host(writePopulationV5).process('qemu');
  const vm = writeVm(qemu, 'vm');
  const fd = vm.kvm_create_guest_memfd(2 * PAGE, SHARED | GUEST_MEMFD_FLAG_WRITE);
  is(qemu.pwrite(fd, new Uint8Array(PAGE).fill(7), 0), '4096');
  is(qemu.pwrite(fd, new Uint8Array(8), 0), '-EINVAL');
  is(qemu.pwrite(fd, new Uint8Array(PAGE), 8), '-EINVAL');
  is(qemu.pwrite(fd, new Uint8Array(2 * PAGE), PAGE), '4096');
  is(qemu.pwrite(fd, new Uint8Array(PAGE), 2 * PAGE), '-EINVAL');
  is(qemu.write(fd, new Uint8Array(PAGE + 1).fill(1)), '4096');
  is(qemu.read(fd, new Uint8Array(1)), '-EINVAL');
  is(qemu.pread(fd, new Uint8Array(1), 0), '-ESPIPE');
  is(vm.kvm_set_user_memory_region2(slot(fd)), '0');
  is(vm.guest_load(0), '1');
  is(qemu.pwrite(vm.kvm_create_guest_memfd(PAGE, SHARED), new Uint8Array(PAGE), 0), '-ENODEV');
  const private_ = writeVm(qemu, 'private', KVM_X86_SW_PROTECTED_VM);
  is(private_.kvm_create_guest_memfd(PAGE, GUEST_MEMFD_FLAG_WRITE), '-EINVAL');
});

test('link: a second file on the inode, its bindings its own', () => {
  const qemu = new Host(linkGuestMemfdV2).process('qemu');
  const first = linkVm(qemu, 'first');
  const second = linkVm(qemu, 'second');
  const fd = first.kvm_create_guest_memfd(PAGE, 0);
  for (const vm of [first, second]) vm.kvm_set_memory_attributes({ address: 0, size: PAGE, attributes: 8 });
  is(first.kvm_set_user_memory_region2(slot(fd)), '0');
  is(first.guest_store(0, 9), '0');
  is(second.kvm_link_guest_memfd(99), '-EINVAL');
  is(second.kvm_link_guest_memfd(first.fd), '-EINVAL');
  is(second.kvm_link_guest_memfd(fd, 1), '-EINVAL');
  assert.throws(() => first.kvm_link_guest_memfd(fd), NotRead);
  const link = second.kvm_link_guest_memfd(fd);
  is(second.kvm_set_user_memory_region2(slot(fd)), '-EINVAL');
  is(second.kvm_set_user_memory_region2(slot(link)), '0');
  is(second.guest_load(0), '9');
  // A hole made through either file takes the page from both guests; closing one leaves the other alone.
  is(qemu.fallocate(link, HOLE, 0, PAGE), '0');
  is(first.guest_load(0), '0');
  is(first.guest_store(0, 3), '0');
  is(qemu.close(fd), '0');
  is(second.guest_load(0), '3');
  assert.match(show(first.guest_load(0)), /EFAULT/);
});

test('NUMA: the file keeps the policy since 6.19, and a new page follows it', () => {
  const nodeOf = (version: string) => {
    const qemu = new Host(linux(version)).process('qemu');
    const vm = noDirectMapVm(qemu, 'vm');
    const fd = vm.kvm_create_guest_memfd(PAGE, SHARED);
    const map = qemu.mmap(0, PAGE, PROT_READ, MAP_SHARED, fd, 0);
    is(qemu.mbind(map, PAGE, MPOL_BIND, 2), '0');
    is(vm.kvm_set_user_memory_region2(slot(fd)), '0');
    is(vm.guest_store(0, 1), '0');
    const file = qemu.file(fd);
    return 'inode' in file ? file.inode.page(0)?.frame.node : undefined;
  };
  assert.deepEqual(['6.18.44', '01f492e1817e', '7.3.4'].map(nodeOf), [0, 1, 1]);
  const qemu = new Host(linux('7.3.4')).process('qemu');
  is(qemu.mbind(0x1000, PAGE, MPOL_BIND, 1), '-EFAULT');
  is(qemu.mbind(0x1001, PAGE, MPOL_BIND, 1), '-EINVAL');
  is(qemu.mbind(0x1000, PAGE, MPOL_BIND, 4), '-EINVAL');
  is(qemu.mbind(0x1000, PAGE, MPOL_BIND, 0), '-EINVAL');
  is(qemu.mbind(0x1000, PAGE, 9, 1), '-EINVAL');
});
