import assert from 'node:assert/strict';
import { test } from 'node:test';
import {
  KVM_CAP_VM_COPY_ENC_CONTEXT_FROM as COPY,
  Errno,
  KVM_X86_SEV_ES_VM,
  KVM_X86_SEV_VM,
  kvm_create_sev_vm,
  MAP_SHARED,
  MigrationHelper,
  KVM_CAP_VM_MOVE_ENC_CONTEXT_FROM as MOVE,
  PAGE,
  PROT_READ,
  PROT_WRITE,
  type Process,
  SealedPage,
  type SevOptions,
  sevHost,
  sevKernel,
  show,
} from '../index.ts';

const is = (value: unknown, text: string) => assert.equal(show(value), text);

function stage(version: string, options: SevOptions = {}) {
  const host = sevHost(sevKernel(version), options);
  const qemu = host.process('qemu');
  const fd = qemu.memfd_create('ram', 0);
  qemu.ftruncate(fd, PAGE);
  const userspace_addr = qemu.mmap(0, PAGE, PROT_READ | PROT_WRITE, MAP_SHARED, fd, 0);
  const vm = (name: string, type = 0, by: Process = qemu) => {
    const made = kvm_create_sev_vm(by, name, type);
    if (by === qemu) {
      made.kvm_set_user_memory_region({ slot: 0, guest_phys_addr: 0, memory_size: PAGE, userspace_addr });
    }
    return made;
  };
  const source = vm('source');
  is(source.kvm_sev_init(), '0');
  is(source.kvm_sev_launch_start(), '0');
  is(source.guest_store(0, 0x41), '0');
  return { host, qemu, vm, source };
}

test('a move: key, handle and pins go, the source is dead', () => {
  const { vm, source } = stage('6.16.1');
  const target = vm('target');
  is(target.kvm_enable_cap(MOVE, target.fd), '-EINVAL');
  is(target.kvm_enable_cap(MOVE, vm('empty').fd), '-EINVAL');
  is(target.kvm_enable_cap(MOVE, vm('typed', KVM_X86_SEV_VM).fd), '-EINVAL');
  is(target.kvm_enable_cap(MOVE, new Errno('EMFILE', '')), '-EBADF');
  is(target.kvm_enable_cap(MOVE, source.fd), '0');
  is(target.guest_load(0), '65');
  is(source.kvm_sev_guest_status(), '-EIO');
  is(source.kvm_check_extension(10), '-EIO');
  is(target.kvm_enable_cap(MOVE, source.fd), '-EINVAL');
  source.close();
  is(target.guest_load(0), '65');
});

test('a move of a VM with mirrors, by kernel', () => {
  const move = (version: string) => {
    const { host, vm, source } = stage(version, { max_asid: 6 });
    const [mirror, target] = [vm('mirror'), vm('target')];
    is(mirror.kvm_enable_cap(COPY, source.fd), '0');
    const moved = target.kvm_enable_cap(MOVE, source.fd);
    source.close();
    target.close();
    return { host, vm, moved, mirror };
  };
  is(move('17d44a96f000').moved, '-EBUSY');
  const followed = move('6.16.1');
  is(followed.moved, '0');
  is(followed.mirror.guest_load(0), '65');
  is(followed.vm('next').kvm_sev_init(), '-EBUSY');
  const dangling = move('b56639318bb2');
  is(dangling.moved, '0');
  const next = dangling.vm('next');
  is(next.kvm_sev_init(), '0');
  next.kvm_sev_launch_start();
  next.guest_store(0, 0x4e);
  assert.equal(next.asid, dangling.mirror.asid);
  is(dangling.mirror.guest_load(0), '78');
});

test('a moved mirror stays a mirror, or frees the ASID of its owner', () => {
  const move = (version: string) => {
    const { host, vm, source } = stage(version);
    const [mirror, target] = [vm('mirror'), vm('target')];
    mirror.kvm_enable_cap(COPY, source.fd);
    is(target.kvm_enable_cap(MOVE, mirror.fd), '0');
    mirror.close();
    target.close();
    return { source, host };
  };
  is(move('6.16.1').source.guest_load(0), '65');
  assert.notEqual(move('b56639318bb2').source.guest_load(0), 65);
});

test('SEV-ES moves only with sealed registers and as many vCPUs', () => {
  const host = sevHost(sevKernel('6.16.1'));
  const qemu = host.process('qemu');
  const vm = (name: string, vcpus: number) => {
    const made = kvm_create_sev_vm(qemu, name, KVM_X86_SEV_ES_VM);
    return { made, vcpus: () => Array.from({ length: vcpus }, (_, id) => made.kvm_create_vcpu(id)) };
  };
  const { made: source, vcpus } = vm('source', 1);
  source.kvm_sev_init2();
  vcpus();
  source.kvm_sev_launch_start();
  const { made: target, vcpus: more } = vm('target', 1);
  is(target.kvm_enable_cap(MOVE, source.fd), '-EINVAL');
  more();
  is(target.kvm_enable_cap(MOVE, source.fd), '-EINVAL');
  source.kvm_sev_launch_update_vmsa();
  is(target.kvm_enable_cap(MOVE, source.fd), '0');
  assert.equal(target.vcpus[0]?.guest_state_protected, true);
  assert.equal(source.vcpus[0]?.guest_state_protected, false);
});

test('a mirror of an SEV-ES VM: no way to seal its registers as merged, one before the end of the launch later', () => {
  const mirror = (version: string) => {
    const qemu = sevHost(sevKernel(version)).process('qemu');
    const source = kvm_create_sev_vm(qemu, 'source');
    source.kvm_sev_es_init();
    source.kvm_sev_launch_start();
    const made = kvm_create_sev_vm(qemu, 'mirror');
    is(made.kvm_enable_cap(COPY, source.fd), '0');
    made.kvm_create_vcpu(0);
    return { source, made };
  };
  const hole = mirror('54526d1fd593').made;
  assert.equal(hole.sev.es, false);
  is(hole.kvm_sev_launch_update_vmsa(), '-EINVAL');
  const { source, made } = mirror('f43c887cb7cb');
  is(made.kvm_sev_launch_update_vmsa(), '0');
  source.kvm_sev_launch_measure();
  is(made.kvm_sev_launch_update_vmsa(), '-EIO');
});

test('a helper reads with the guest’s key and seals for another helper', () => {
  const [a, b] = [stage('6.16.1', { name: 'A' }), stage('6.16.1', { name: 'B' })];
  const [from, to] = [a.vm('mirror'), b.vm('mirror')];
  from.kvm_enable_cap(COPY, a.source.fd);
  to.kvm_enable_cap(COPY, b.source.fd);
  b.source.guest_store(0, 0);
  const page = new MigrationHelper(from).send(0);
  assert.ok(page instanceof SealedPage);
  assert.notEqual(page.bytes[0], 0x41);
  is(page, 'sealed page 0x0');
  is(new MigrationHelper(to).receive(page), '0');
  is(b.source.guest_load(0), '65');
  is(new MigrationHelper(to, 'other').receive(page), '0');
  assert.notEqual(b.source.guest_load(0), 65);
  is(new MigrationHelper(to).receive(new Errno('EINVAL', '')), '-EINVAL');
  const nowhere = new MigrationHelper(to).send(PAGE);
  is(nowhere, 'KVM_EXIT_MMIO { phys_addr: 0x1000 }');
});
