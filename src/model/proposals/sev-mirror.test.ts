import assert from 'node:assert/strict';
import { test } from 'node:test';
import { kvm_create_sev_vm, PAGE, SEV_COMMANDS, type SevKernel, sevHost, show } from '../index.ts';
import { sevMirrorRfc, sevMirrorRfcMeant, KVM_CAP_VM_COPY_ENC_CONTEXT_TO as TO } from './sev-mirror.ts';

const is = (value: unknown, text: string) => assert.equal(show(value), text);

function pair(kernel: SevKernel) {
  const host = sevHost(kernel);
  const qemu = host.process('qemu');
  return { host, qemu, primary: kvm_create_sev_vm(qemu, 'primary'), mirror: kvm_create_sev_vm(qemu, 'mirror') };
}

test('as posted every VM is a mirror, and none can become an SEV guest', () => {
  const { primary, mirror } = pair(sevMirrorRfc);
  assert.equal(primary.mirroring, true);
  is(primary.kvm_sev_init(), '-ENOTTY');
  is(primary.kvm_enable_cap(TO, mirror.fd), '-ENOTTY');
});

test('with the test as it was meant: called on the source, no commands, no mirrors of mirrors', () => {
  const { qemu, primary, mirror } = pair(sevMirrorRfcMeant);
  is(primary.kvm_enable_cap(TO, mirror.fd), '-ENOTTY');
  is(primary.kvm_sev_init(), '0');
  is(primary.kvm_sev_launch_start(), '0');
  is(primary.kvm_enable_cap(TO, primary.fd), '-ENOTTY');
  is(primary.kvm_enable_cap(TO, mirror.fd), '0');
  assert.equal(mirror.asid, primary.asid);
  is(primary.kvm_enable_cap(TO, mirror.fd), '-ENOTTY');
  for (const command of SEV_COMMANDS) is(mirror.may_use(command), '-ENOTTY');
  is(mirror.kvm_memory_encrypt_reg_region({ addr: 0, size: PAGE }), '-ENOTTY');
  is(mirror.kvm_enable_cap(TO, kvm_create_sev_vm(qemu, 'chain').fd), '-ENOTTY');
});

test('a descriptor that is no VM keeps a reference for ever', () => {
  const { host, qemu, primary } = pair(sevMirrorRfcMeant);
  primary.kvm_sev_init();
  const fd = qemu.memfd_create('x', 0);
  qemu.pwrite(fd, 'y', 0);
  is(primary.kvm_enable_cap(TO, fd), '-EBADF');
  const used = host.memory.used;
  qemu.close(fd);
  assert.equal(host.memory.used, used);
});

test('a mirror that ends leaves its lock taken', () => {
  const { primary, mirror } = pair(sevMirrorRfcMeant);
  primary.kvm_sev_init();
  primary.kvm_enable_cap(TO, mirror.fd);
  mirror.close();
  assert.equal(mirror.freed_with_lock, true);
  assert.equal(primary.users, 1);
});
