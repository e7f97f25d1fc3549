import assert from 'node:assert/strict';
import { test } from 'node:test';
import {
  asid_flushes,
  asids_to_reclaim,
  at,
  KVM_CAP_VM_COPY_ENC_CONTEXT_FROM as COPY,
  clflush,
  Errno,
  GuestOwner,
  KVM_X86_SEV_ES_VM,
  KVM_X86_SEV_VM,
  kvm_create_sev_vm,
  MAP_SHARED,
  Measurement,
  memory_chips,
  PAGE,
  PROT_READ,
  PROT_WRITE,
  type Process,
  SEV_POLICY_NODBG,
  type SevOptions,
  type SevVm,
  sevHost,
  sevKernel,
  show,
  vm_page_flush,
  wbinvd,
} from '../index.ts';

const is = (value: unknown, text: string) => assert.equal(show(value), text);

function memory(qemu: Process, pages: number): { fd: number; address: number } {
  const fd = qemu.memfd_create('ram', 0) as number;
  qemu.ftruncate(fd, pages * PAGE);
  return { fd, address: qemu.mmap(0, pages * PAGE, PROT_READ | PROT_WRITE, MAP_SHARED, fd, 0) as number };
}

function guest(options: SevOptions = {}, pages = 4) {
  const host = sevHost(sevKernel('6.16.1'), options);
  const qemu = host.process('qemu');
  const { fd, address } = memory(qemu, pages);
  const vm = kvm_create_sev_vm(qemu, 'vm', KVM_X86_SEV_VM);
  is(
    vm.kvm_set_user_memory_region({
      slot: 0,
      guest_phys_addr: 0,
      memory_size: pages * PAGE,
      userspace_addr: address,
    }),
    '0',
  );
  is(vm.kvm_sev_init2(), '0');
  return { host, qemu, fd, address, vm };
}

test('a launch: measured plaintext, encrypted in place, a secret, and the guest reads both', () => {
  const { qemu, address, vm } = guest();
  const owner = new GuestOwner('alice');
  const image = new Uint8Array(32).fill(0x90);
  for (let i = 0; i < 32; i++) qemu.store(at(address, i), 0x90);
  is(vm.kvm_sev_launch_update_data(address, 32), '-EIO');
  is(vm.sev_error, 'INVALID_GUEST');
  is(vm.kvm_sev_launch_start({ policy: SEV_POLICY_NODBG, owner }), '0');
  is(vm.kvm_sev_launch_update_data(address, 32), '0');
  assert.notEqual(qemu.load(address), 0x90);
  is(vm.guest_load(0), '144');
  is(vm.kvm_sev_launch_finish(), '-EIO');
  is(vm.sev_error, 'INVALID_GUEST_STATE');
  const answer = vm.kvm_sev_launch_measure();
  assert.ok(answer instanceof Measurement);
  assert.equal(owner.verify(answer, SEV_POLICY_NODBG, [image]), true);
  assert.equal(owner.verify(answer, 0, [image]), false);
  assert.equal(owner.verify(answer, SEV_POLICY_NODBG, [image.subarray(16), image.subarray(16)]), true, 'order is all');
  assert.equal(new GuestOwner('bob').verify(answer, SEV_POLICY_NODBG, [image]), false);
  const packet = owner.wrap(new Uint8Array(16).fill(7), answer);
  is(vm.kvm_sev_launch_secret(new GuestOwner('bob').wrap(new Uint8Array(16), answer), at(address, PAGE)), '-EIO');
  is(vm.sev_error, 'BAD_MEASUREMENT');
  is(vm.kvm_sev_launch_secret(packet, at(address, PAGE)), '0');
  is(vm.guest_load(PAGE), '7');
  is(vm.kvm_sev_launch_finish(), '0');
  is(vm.kvm_sev_launch_update_data(address, 32), '-EIO');
  is(vm.kvm_sev_guest_status(), "{ handle: 1, policy: 1, state: 'RUNNING' }");
  is(vm.kvm_sev_dbg_decrypt(address, 16), '-EIO');
  is(vm.sev_error, 'POLICY_FAILURE');
});

test('the firmware wants whole blocks; debugging works where the policy allows it', () => {
  const { address, vm } = guest();
  vm.kvm_sev_launch_start();
  is(vm.kvm_sev_launch_update_data(at(address, 8), 16), '-EIO');
  is(vm.sev_error, 'INVALID_ADDRESS');
  is(vm.kvm_sev_launch_update_data(address, 8), '-EIO');
  is(vm.sev_error, 'INVALID_LEN');
  is(vm.kvm_sev_launch_update_data(address, 0), '-EINVAL');
  is(vm.kvm_sev_launch_update_data(new Errno('ENOMEM', ''), 16), '-EINVAL');
  is(vm.kvm_sev_dbg_encrypt(address, new Uint8Array(16).fill(5)), '0');
  is(vm.guest_load(0), '5');
  is(vm.kvm_sev_dbg_decrypt(address, 16), '05×16');
});

test('init: once, before vCPUs, for the right type; ASIDs by type', () => {
  const { qemu, vm } = guest();
  is(vm.kvm_sev_init2(), '-EINVAL');
  is(vm.kvm_sev_init(), '-EINVAL');
  assert.equal(vm.asid, 6);
  const es = kvm_create_sev_vm(qemu, 'es', KVM_X86_SEV_ES_VM);
  is(es.kvm_sev_launch_start(), '-ENOTTY');
  is(es.kvm_sev_init2(), '0');
  assert.equal(es.asid, 1);
  const late = kvm_create_sev_vm(qemu, 'late');
  assert.equal(typeof late.kvm_create_vcpu(0), 'number');
  is(late.kvm_create_vcpu(0), '-EEXIST');
  is(late.kvm_sev_init(), '-EINVAL');
  is(late.kvm_memory_encrypt_reg_region({ addr: 0, size: PAGE }), '-ENOTTY');
  const old = kvm_create_sev_vm(sevHost(sevKernel('54526d1fd593')).process('qemu'), 'old');
  is(old.kvm_sev_init2(), '-EINVAL');
  is(old.kvm_sev_init(), '0');
});

test('ASIDs run out, wait for a flush, and come back', () => {
  const { host, qemu, vm } = guest({ max_asid: 7 });
  const second = kvm_create_sev_vm(qemu, 'second');
  is(second.kvm_sev_init(), '0');
  const third = kvm_create_sev_vm(qemu, 'third');
  is(third.kvm_sev_init(), '-EBUSY');
  vm.close();
  assert.deepEqual(asids_to_reclaim(host), [6]);
  assert.equal(asid_flushes(host), 0);
  is(third.kvm_sev_init(), '0');
  assert.equal(third.asid, 6);
  assert.equal(asid_flushes(host), 1);
});

test('SEV-ES: the registers are measured, and sealed', () => {
  const host = sevHost(sevKernel('6.16.1'));
  const vm = kvm_create_sev_vm(host.process('qemu'), 'es', KVM_X86_SEV_ES_VM);
  vm.kvm_sev_init2();
  vm.kvm_create_vcpu(0);
  vm.kvm_sev_launch_start();
  const owner = new GuestOwner('nobody');
  const vmsa = vm.vcpus[0]?.vmsa() as Uint8Array;
  is(vm.kvm_sev_launch_update_vmsa(), '0');
  assert.equal(vm.vcpus[0]?.guest_state_protected, true);
  const answer = vm.kvm_sev_launch_measure() as Measurement;
  assert.equal(owner.verify(answer, 0, [vmsa]), true);
  is(vm.kvm_sev_launch_update_vmsa(), '-EIO');
  const plain = kvm_create_sev_vm(host.process('other'), 'sev', KVM_X86_SEV_VM);
  plain.kvm_sev_init2();
  plain.kvm_sev_launch_start();
  is(plain.kvm_sev_launch_update_vmsa(), '-ENOTTY');
});

test('registered memory is pinned, counted against the limit, and survives a hole', () => {
  const { host, qemu, fd, address, vm } = guest({}, 4);
  const region = { addr: address, size: 2 * PAGE };
  is(vm.kvm_memory_encrypt_reg_region(region), '0');
  const pfn = qemu.pagemap(address);
  assert.equal(host.memory.frame(pfn)?.refs, 2);
  is(vm.kvm_memory_encrypt_unreg_region({ addr: address, size: PAGE }), '-EINVAL');
  is(qemu.fallocate(fd, 3, 0, PAGE), '0');
  assert.equal(host.memory.frame(pfn)?.refs, 1, 'the pin keeps the page that left the file');
  is(vm.kvm_memory_encrypt_unreg_region(region), '0');
  assert.equal(vm.sev.pages_locked, 0);
  is(vm.kvm_memory_encrypt_reg_region({ addr: address, size: 0 }), '-EINVAL');
  is(vm.kvm_memory_encrypt_reg_region({ addr: address + 3 * PAGE, size: 2 * PAGE }), '-ENOMEM');
  assert.equal(vm.sev.pages_locked, 0);
  qemu.setuid(1000);
  qemu.setrlimit(8, 2 * PAGE);
  is(vm.kvm_memory_encrypt_reg_region({ addr: address, size: 3 * PAGE }), '-ENOMEM');
  is(vm.kvm_memory_encrypt_reg_region({ addr: address + 1, size: 2 * PAGE - 1 }), '0');
});

test('nothing of this is detected: corruption, replay, swap, remap', () => {
  const { qemu, fd, address, vm } = guest();
  vm.kvm_sev_launch_start();
  vm.guest_store(0, 0x41);
  vm.guest_store(PAGE, 0x42);
  const old = new Uint8Array(PAGE);
  qemu.pread(fd, old, 0);
  vm.guest_store(0, 0x43);
  qemu.pwrite(fd, old, 0);
  is(vm.guest_load(0), '65');
  qemu.pwrite(fd, old, PAGE);
  assert.notEqual(vm.guest_load(PAGE), 0x41);
  qemu.store(address, 0);
  assert.notEqual(vm.guest_load(0), 0x41);
  qemu.pwrite(fd, old, 0);
  const slot = { slot: 0, guest_phys_addr: 0, userspace_addr: at(address, PAGE) };
  vm.guest_store(PAGE, 0x44);
  vm.kvm_set_user_memory_region({ ...slot, memory_size: 0 });
  is(vm.kvm_set_user_memory_region({ ...slot, memory_size: PAGE }), '0');
  is(vm.guest_load(0), '68');
});

test('without coherence the views part, until the right lines are flushed', () => {
  const { host, qemu, address, vm } = guest({ coherent: false });
  vm.kvm_sev_launch_start();
  vm.guest_store(0, 0x41);
  is(qemu.load(address), '0');
  is(memory_chips(qemu, address, 2), '00 00');
  is(vm_page_flush(qemu, address, vm.asid), '0');
  is(qemu.load(address), '0');
  assert.notEqual(show(memory_chips(qemu, address, 2)), '00 00');
  wbinvd(host);
  assert.notEqual(qemu.load(address), 0);
  is(vm.guest_load(0), '65');
  is(vm.guest_store(PAGE, 1, { private: false }), '0');
  is(qemu.load(at(address, PAGE)), '1');
  assert.deepEqual(host.trace.events.at(-1)?.owners[0]?.runs.slice(0, 2), [
    ['P', 1],
    ['S', 1],
  ]);
});

test('a page that leaves a guest that runs: lines of the guest reach its next user, unless the kernel flushes', () => {
  const after = (version: string) => {
    const host = sevHost(sevKernel(version), { coherent: false });
    const qemu = host.process('qemu');
    const { fd, address } = memory(qemu, 1);
    const vm = kvm_create_sev_vm(qemu, 'vm');
    vm.kvm_set_user_memory_region({ slot: 0, guest_phys_addr: 0, memory_size: PAGE, userspace_addr: address });
    vm.kvm_sev_init();
    vm.kvm_sev_launch_start();
    vm.guest_store(0, 0x41);
    qemu.fallocate(fd, 3, 0, PAGE);
    const next = qemu.memfd_create('next', 0);
    qemu.pwrite(next, 'x', 0);
    const mapped = qemu.mmap(0, PAGE, PROT_READ, MAP_SHARED, next, 0);
    clflush(qemu, mapped);
    wbinvd(host);
    return qemu.load(mapped);
  };
  assert.equal(after('6.16.1'), 0x78);
  assert.notEqual(after('17d44a96f000'), 0x78);
});

test('a guest that ends gives its pages back to the host, and its slot is empty', () => {
  const { host, qemu, fd, address, vm } = guest();
  vm.kvm_sev_launch_start();
  vm.kvm_memory_encrypt_reg_region({ addr: address, size: PAGE });
  vm.guest_store(0, 0x41);
  vm.close();
  assert.equal(host.memory.frame(qemu.pagemap(address))?.refs, 1);
  qemu.pread(fd, new Uint8Array(1), 0);
  qemu.load(address);
  assert.equal(host.trace.events.at(-1)?.owners[0]?.runs[0]?.[0], 'H');
});

function mirrored(version = '6.16.1'): { primary: SevVm; mirror: SevVm; qemu: Process } {
  const host = sevHost(sevKernel(version));
  const qemu = host.process('qemu');
  const { address } = memory(qemu, 1);
  const primary = kvm_create_sev_vm(qemu, 'primary');
  const mirror = kvm_create_sev_vm(qemu, 'mirror');
  const slot = { slot: 0, guest_phys_addr: 0, memory_size: PAGE, userspace_addr: address };
  primary.kvm_set_user_memory_region(slot);
  mirror.kvm_set_user_memory_region(slot);
  primary.kvm_sev_init();
  primary.kvm_sev_launch_start();
  return { primary, mirror, qemu };
}

test('a guest may name another one for its key, if both policies allow it', () => {
  const { qemu, address, vm } = guest();
  vm.kvm_sev_launch_start();
  vm.guest_store(0, 0x41);
  const twin = kvm_create_sev_vm(qemu, 'twin', KVM_X86_SEV_VM);
  twin.kvm_set_user_memory_region({ slot: 0, guest_phys_addr: 0, memory_size: PAGE, userspace_addr: address });
  twin.kvm_sev_init2();
  is(twin.kvm_sev_launch_start({ handle: 9 }), '-EIO');
  is(twin.kvm_sev_launch_start({ handle: 1, policy: SEV_POLICY_NODBG }), '-EIO');
  is(twin.sev_error, 'POLICY_FAILURE');
  is(twin.kvm_sev_launch_start({ handle: 1 }), '0');
  assert.notEqual(twin.asid, vm.asid);
  is(twin.guest_load(0), '65');
  const closed = kvm_create_sev_vm(qemu, 'closed', KVM_X86_SEV_VM);
  closed.kvm_sev_init2();
  closed.kvm_sev_launch_start({ policy: 2 });
  const more = kvm_create_sev_vm(qemu, 'more', KVM_X86_SEV_VM);
  more.kvm_sev_init2();
  is(more.kvm_sev_launch_start({ handle: 3, policy: 2 }), '-EIO');
});

test('a mirror has the key and nothing else of the primary', () => {
  const { primary, mirror, qemu } = mirrored();
  primary.guest_store(0, 0x41);
  is(mirror.kvm_enable_cap(COPY, qemu.memfd_create('x', 0)), '-EBADF');
  is(mirror.kvm_enable_cap(COPY, mirror.fd), '-EINVAL');
  is(primary.kvm_enable_cap(COPY, mirror.fd), '-EINVAL');
  is(mirror.kvm_enable_cap(COPY, primary.fd), '0');
  assert.equal(mirror.asid, primary.asid);
  is(mirror.guest_load(0), '65');
  is(mirror.kvm_sev_launch_start(), '-EINVAL');
  is(mirror.kvm_sev_launch_update_data(0, 16), '-EINVAL');
  is(mirror.may_use('KVM_SEV_SEND_START'), '-EINVAL');
  is(mirror.may_use('KVM_SEV_DBG_DECRYPT'), '0');
  is(mirror.kvm_memory_encrypt_reg_region({ addr: 0, size: PAGE }), '-EINVAL');
  const chain = kvm_create_sev_vm(qemu, 'chain');
  is(chain.kvm_enable_cap(COPY, mirror.fd), '-EINVAL');
  is(chain.kvm_enable_cap(COPY, primary.fd), '0');
  const late = kvm_create_sev_vm(qemu, 'late');
  late.kvm_create_vcpu(0);
  is(late.kvm_enable_cap(COPY, primary.fd), '-EINVAL');
  primary.close();
  is(mirror.guest_load(0), '65');
  assert.equal(primary.freed, false);
  mirror.close();
  chain.close();
  assert.equal(primary.freed, true);
});

test('as merged, a mirror has no command at all and no handle', () => {
  const { primary, mirror } = mirrored('54526d1fd593');
  is(mirror.kvm_enable_cap(COPY, primary.fd), '0');
  is(mirror.may_use('KVM_SEV_DBG_DECRYPT'), '-EINVAL');
  is(mirror.kvm_enable_cap(206, primary.fd), '-EINVAL');
});
