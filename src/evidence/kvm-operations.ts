/** The operations of a recording on KVM's descriptors as calls of the model. */
import { Errno } from '../model/index.ts';
import * as kvm from '../model/kvm/constants.ts';
import { type KvmVm, kvm_check_extension, kvm_create_vm, vmOf } from '../model/kvm/kvm-vm.ts';
import type { Machine } from './machine.ts';
import type { Args, Operation, Outcome } from './operations.ts';

const big = (value: unknown): bigint => BigInt(value as number | string);
const num = (value: unknown): number => Number(value);

/** An ioctl of the VM behind a descriptor, made by the process of the recording. */
function onVm(machine: Machine, args: Args, body: (vm: KvmVm) => number | Errno): Outcome {
  const vm = vmOf(machine.process, machine.fd(args['vm']));
  const result = vm instanceof Errno ? vm : body(vm);
  return result instanceof Errno ? result : { ret: result };
}

function capability(name: unknown): number {
  const value = (kvm as Record<string, unknown>)[String(name)];
  if (typeof value !== 'number') throw new Error(`'${String(name)}' is not known to the replay`);
  return value;
}

/** The user address of a slot: a number, or a place in a mapping. */
function userAddress(machine: Machine, args: Args): bigint {
  const map = args['userspace_addr_map'];
  if (map === undefined) return big(args['userspace_addr'] ?? 0);
  return BigInt(machine.map(map).address) + big(args['userspace_addr_offset'] ?? 0);
}

export const KVM_OPERATIONS: Readonly<Record<string, Operation>> = {
  kvm_check_extension: (m, a) =>
    a['vm'] === undefined
      ? { ret: kvm_check_extension(m.process, capability(a['cap'])) }
      : onVm(m, a, (vm) => vm.kvm_check_extension(capability(a['cap']), m.process)),
  kvm_create_vm: (m, a) => {
    const vm = kvm_create_vm(m.process, String(a['out']), { type: num(a['type']) });
    if (vm instanceof Errno) return vm;
    m.fds.set(String(a['out']), vm.fd);
    return { ret: 0 };
  },
  kvm_create_guest_memfd: (m, a) =>
    onVm(m, a, (vm) => {
      const fd = vm.kvm_create_guest_memfd(big(a['size']), big(a['flags']), m.process);
      if (fd instanceof Errno) return fd;
      m.fds.set(String(a['out']), fd);
      return 0;
    }),
  kvm_set_user_memory_region: (m, a) =>
    onVm(m, a, (vm) =>
      vm.kvm_set_user_memory_region(
        {
          slot: num(a['slot']),
          flags: num(a['flags']),
          guest_phys_addr: big(a['gpa']),
          memory_size: big(a['size']),
          userspace_addr: userAddress(m, a),
        },
        m.process,
      ),
    ),
  kvm_set_user_memory_region2: (m, a) =>
    onVm(m, a, (vm) =>
      vm.kvm_set_user_memory_region2(
        {
          slot: num(a['slot']),
          flags: num(a['flags']),
          guest_phys_addr: big(a['gpa']),
          memory_size: big(a['size']),
          userspace_addr: userAddress(m, a),
          guest_memfd: m.fd(a['gmem_fd'] ?? -1),
          guest_memfd_offset: big(a['offset'] ?? 0),
        },
        m.process,
      ),
    ),
  kvm_set_memory_attributes: (m, a) =>
    onVm(m, a, (vm) =>
      vm.kvm_set_memory_attributes(
        {
          address: big(a['address']),
          size: big(a['size']),
          attributes: big(a['attributes']),
          flags: big(a['flags'] ?? 0),
        },
        m.process,
      ),
    ),
};
