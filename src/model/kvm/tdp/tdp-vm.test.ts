/** A VM with a mirror: which event reaches which half, slots without the direct bit, retries and the end after a refusal. */
import assert from 'node:assert/strict';
import { test } from 'node:test';
import {
  Errno,
  FALLOC_FL_KEEP_SIZE,
  FALLOC_FL_PUNCH_HOLE,
  Host,
  KVM_MEM_GUEST_MEMFD,
  KVM_X86_DEFAULT_VM,
  KVM_X86_TDX_VM,
  linux,
  MAP_ANONYMOUS,
  MAP_SHARED,
  OwnedTable,
  PAGE,
  PROT_READ,
  PROT_WRITE,
  show,
  TdpVm,
  type TdpVmOptions,
} from '../../index.ts';

const BIT = 2 ** 35;

/** A VM with two slots of two pages each, at 0 and at 16 pages, all private by attribute where the VM has private memory. */
function made(type: number, options: TdpVmOptions) {
  const host = new Host(linux('6.16.1'), { vm_types: [type] });
  const qemu = host.process('qemu');
  const vm = new TdpVm(qemu, 'vm', type, options);
  const mirrored = type === KVM_X86_TDX_VM;
  const gmem = mirrored ? vm.kvm_create_guest_memfd(4 * PAGE) : -1;
  const at = qemu.mmap(0, 4 * PAGE, PROT_READ | PROT_WRITE, MAP_SHARED | MAP_ANONYMOUS, -1, 0);
  for (const slot of [0, 1]) {
    const answer = vm.kvm_set_user_memory_region2({
      slot,
      flags: mirrored ? KVM_MEM_GUEST_MEMFD : 0,
      guest_phys_addr: slot * 16 * PAGE,
      memory_size: 2 * PAGE,
      userspace_addr: Number(at) + slot * 2 * PAGE,
      guest_memfd: gmem,
      guest_memfd_offset: slot * 2 * PAGE,
    });
    assert.equal(answer, 0);
  }
  const attribute = (gpa: number, pages: number, isPrivate: boolean) =>
    vm.kvm_set_memory_attributes({ address: gpa, size: pages * PAGE, attributes: isPrivate ? 8 : 0 });
  return { host, qemu, vm, gmem, attribute };
}

const mirrored = () => ({ gfn_direct_bits: BIT, external: new OwnedTable() });

test('a private and a shared access build one table each', () => {
  const { vm, attribute } = made(KVM_X86_TDX_VM, mirrored());
  attribute(0, 1, true);
  assert.equal(vm.guest_load(0), 0);
  assert.equal(vm.guest_store(vm.shared(PAGE), 1), 0);
  assert.deepEqual(vm.leaves, { direct: 1, mirror: 1 });
  assert.match(show(vm.guest_load(vm.shared(0))), /MEMORY_FAULT \{ errno: EFAULT, flags: 0, gpa: 0x0/);
  assert.match(show(vm.guest_load(PAGE)), /flags: KVM_MEMORY_EXIT_FLAG_PRIVATE/);
});

test('a change of attribute takes the old side, a hole the private one, a slot both', () => {
  const { qemu, vm, gmem, attribute } = made(KVM_X86_TDX_VM, mirrored());
  attribute(0, 1, true);
  vm.guest_load(0);
  vm.guest_load(vm.shared(PAGE));
  attribute(PAGE, 1, true);
  assert.deepEqual(vm.leaves, { direct: 0, mirror: 1 });
  attribute(0, 1, false);
  assert.deepEqual(vm.leaves, { direct: 0, mirror: 0 });
  vm.guest_load(PAGE);
  vm.guest_load(vm.shared(0));
  assert.equal(qemu.fallocate(gmem, FALLOC_FL_PUNCH_HOLE | FALLOC_FL_KEEP_SIZE, 0, 2 * PAGE), 0);
  assert.deepEqual(vm.leaves, { direct: 1, mirror: 0 });
  vm.guest_load(PAGE);
  assert.equal(vm.kvm_set_user_memory_region2({ slot: 0, guest_phys_addr: 0, memory_size: 0 }), 0);
  assert.deepEqual(vm.leaves, { direct: 0, mirror: 0 });
});

test('deleting a slot of an ordinary VM takes the whole root, unless the quirk is off', () => {
  for (const quirk of [true, false]) {
    const { vm } = made(KVM_X86_DEFAULT_VM, { quirk_slot_zap_all: quirk });
    vm.guest_load(0);
    vm.guest_load(16 * PAGE);
    vm.kvm_set_user_memory_region2({ slot: 0, guest_phys_addr: 0, memory_size: 0 });
    assert.equal(vm.leaves.direct, quirk ? 0 : 1);
  }
});

test('a slot does not carry the direct bit', () => {
  const { vm } = made(KVM_X86_TDX_VM, mirrored());
  const region = { slot: 5, guest_phys_addr: vm.shared(64 * PAGE), memory_size: PAGE, userspace_addr: 0 };
  assert.equal(String(vm.kvm_set_user_memory_region2(region)), '-EINVAL');
});

test('a busy owner is asked again; one that refuses a removal ends the VM', () => {
  const options = mirrored();
  const { vm, attribute } = made(KVM_X86_TDX_VM, options);
  attribute(0, 2, true);
  options.external.busy = 5;
  assert.equal(vm.guest_load(0), 0);
  assert.equal(options.external.calls.length, 9);
  options.external.busy = 1;
  attribute(0, 1, false);
  const dead = vm.guest_load(PAGE);
  assert.ok(dead instanceof Errno && dead.name === 'EIO');
});

test('closing everything frees every page', () => {
  const { host, qemu, vm, gmem, attribute } = made(KVM_X86_TDX_VM, mirrored());
  attribute(0, 2, true);
  vm.guest_load(0);
  const before = host.memory.used;
  vm.close();
  qemu.close(gmem as number);
  assert.equal(vm.freed, true);
  assert.equal(host.memory.used, before - 4);
});
