/** What KVM_SET_MEMORY_ATTRIBUTES checks, on a machine that has VM types with private memory. */
import { Host, KVM_MEMORY_ATTRIBUTE_PRIVATE, KVM_X86_DEFAULT_VM, KVM_X86_SW_PROTECTED_VM, KvmVm, linux, PAGE } from 'unmapped';

const host = new Host(linux('7.3.4'));
const qemu = host.process('qemu');
const vm = new KvmVm(qemu, 'vm', KVM_X86_SW_PROTECTED_VM);
const attributes = KVM_MEMORY_ATTRIBUTE_PRIVATE;

vm.kvm_set_memory_attributes({ address: 0, size: PAGE, attributes, flags: 1 }); // → -EINVAL
vm.kvm_set_memory_attributes({ address: 0, size: PAGE, attributes: 1 }); // → -EINVAL
vm.kvm_set_memory_attributes({ address: 0, size: 0, attributes }); // → -EINVAL
vm.kvm_set_memory_attributes({ address: 100, size: PAGE, attributes }); // → -EINVAL

// No slot is needed. Setting what is set already does nothing.
vm.kvm_set_memory_attributes({ address: 0, size: PAGE, attributes }); // → 0
const seen = vm.sequence;
vm.kvm_set_memory_attributes({ address: 0, size: PAGE, attributes }); // → 0
vm.sequence === seen; // → true

// A VM type without private memory has no attribute at all.
const plain = new KvmVm(qemu, 'plain', KVM_X86_DEFAULT_VM);
plain.kvm_set_memory_attributes({ address: 0, size: PAGE, attributes }); // → -EINVAL
