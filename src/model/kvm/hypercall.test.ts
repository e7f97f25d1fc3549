import assert from 'node:assert/strict';
import { test } from 'node:test';
import {
  Host,
  KVM_CAP_EXIT_HYPERCALL,
  KVM_HC_MAP_GPA_RANGE,
  KVM_MAP_GPA_RANGE_ENCRYPTED,
  KVM_X86_SNP_VM,
  KvmVm,
  linux,
  PAGE,
  show,
} from '../index.ts';

test('a conversion that the guest asks for is an exit, and changes nothing by itself', () => {
  const host = new Host(linux('6.18.44'), { vm_types: [KVM_X86_SNP_VM] });
  const vm = new KvmVm(host.process('qemu'), 'vm', KVM_X86_SNP_VM);
  const ask = (gpa: number, pages: number) => show(vm.kvm_hc_map_gpa_range(gpa, pages, KVM_MAP_GPA_RANGE_ENCRYPTED));
  assert.equal(ask(0, 1), '-KVM_ENOSYS');
  assert.equal(show(vm.kvm_enable_cap(KVM_CAP_EXIT_HYPERCALL, 1 | (1 << KVM_HC_MAP_GPA_RANGE))), '-EINVAL');
  assert.equal(show(vm.kvm_enable_cap(KVM_CAP_EXIT_HYPERCALL, 1 << KVM_HC_MAP_GPA_RANGE)), '0');
  assert.equal(
    ask(PAGE, 2),
    'KVM_EXIT_HYPERCALL { nr: KVM_HC_MAP_GPA_RANGE, gpa: 0x1000, npages: 2, attributes: encrypted }',
  );
  assert.match(show(vm.kvm_hc_map_gpa_range(0, 1, 0)), /attributes: decrypted/);
  assert.equal(ask(5, 1), '-KVM_EINVAL');
  assert.equal(ask(0, 0), '-KVM_EINVAL');
  assert.equal(vm.attributes.isPrivate(1), false);
});
