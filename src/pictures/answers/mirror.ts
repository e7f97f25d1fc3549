/** Tables about mirrors: where the leaves of private and shared pages are, what five carriers cost, and what each event takes. */
import {
  Host,
  KVM_FILTER_PRIVATE,
  KVM_FILTER_SHARED,
  KVM_MEM_GUEST_MEMFD,
  KVM_MEMORY_ATTRIBUTE_PRIVATE,
  KVM_X86_DEFAULT_VM,
  KVM_X86_SNP_VM,
  KVM_X86_TDX_VM,
  linux,
  MAP_ANONYMOUS,
  MAP_SHARED,
  OwnedTable,
  PAGE,
  PROT_READ,
  PROT_WRITE,
  TdpMmu,
  TdpVm,
  type TdpVmOptions,
} from '../../model/index.ts';
import { atFault, CARRIERS, survivesZap, touched } from '../../model/proposals/tdx-mmu.ts';
import { facts, type Table } from './table.ts';

const BIT = 2 ** 35;
const mirrored = (): TdpVmOptions => ({ gfn_direct_bits: BIT, external: new OwnedTable() });

/** A VM with page 0 private, where it has private memory, and page 1 shared; nothing is mapped yet. */
function guest(type: number, options: TdpVmOptions): TdpVm {
  const qemu = new Host(linux('6.16.1'), { vm_types: [type] }).process('qemu');
  const vm = new TdpVm(qemu, 'vm', type, options);
  const userspace_addr = qemu.mmap(0, 2 * PAGE, PROT_READ | PROT_WRITE, MAP_SHARED | MAP_ANONYMOUS, -1, 0);
  const slot = { slot: 0, guest_phys_addr: 0, memory_size: 2 * PAGE, userspace_addr };
  if (!vm.hasPrivateMemory) {
    vm.kvm_set_user_memory_region2(slot);
    return vm;
  }
  const guest_memfd = vm.kvm_create_guest_memfd(2 * PAGE);
  vm.kvm_set_user_memory_region2({ ...slot, flags: KVM_MEM_GUEST_MEMFD, guest_memfd });
  vm.kvm_set_memory_attributes({ address: 0, size: PAGE, attributes: KVM_MEMORY_ATTRIBUTE_PRIVATE });
  return vm;
}

/** In which root a page's leaf is, after the guest has touched the page. */
function place(vm: TdpVm, touch: () => unknown): string {
  const before = vm.leaves;
  touch();
  const { direct, mirror } = vm.leaves;
  if (mirror > before.mirror) return 'mirror';
  return direct > before.direct ? 'direct' : 'no leaf';
}

/** Private or shared memory in rows of VMs, mirror or direct tables in the cells. */
export function gridTable(): Table {
  const kinds: readonly (readonly [name: string, type: number, options: () => TdpVmOptions])[] = [
    ['TDX guest', KVM_X86_TDX_VM, mirrored],
    ['SNP guest', KVM_X86_SNP_VM, () => ({})],
    ['ordinary VM', KVM_X86_DEFAULT_VM, () => ({})],
  ];
  const rows = kinds.map(([label, type, options]) => {
    const vm = guest(type, options());
    const secret = vm.hasPrivateMemory ? place(vm, () => vm.guest_load(0, { private: true })) : 'has none';
    return { label, values: [secret, place(vm, () => vm.guest_load(vm.shared(PAGE), { private: false }))] };
  });
  return facts(['private memory', 'shared memory'], 'VM', rows);
}

/** The five carriers, each run through the same walk. */
export function carrierTable(): Table {
  const mmu = new TdpMmu(new Host(linux('6.16.1')), mirrored());
  const rows = CARRIERS.map((carrier) => {
    const right = atFault(carrier, mmu, 0) === 'hook' && atFault(carrier, mmu, BIT * PAGE) === 'store';
    const zap = (madeUp: boolean) => (survivesZap(carrier, mmu, madeUp) ? 'yes' : 'no');
    const functions = String(touched(carrier).length);
    return { label: carrier.name, values: [right ? 'yes' : 'no', zap(false), zap(true), functions, carrier.cost] };
  });
  const columns = ['right at a fault', 'at a zap', 'with something made up', 'functions changed', 'what else it needs'];
  return facts(columns, 'carrier', rows);
}

const EVENTS: readonly (readonly [label: string, event: (mmu: TdpMmu) => number])[] = [
  ['user memory is moved (MMU notifier)', (mmu) => mmu.unmap(0, 1, KVM_FILTER_SHARED)],
  ['page 0 becomes private', (mmu) => mmu.unmap(0, 1, KVM_FILTER_SHARED)],
  ['page 0 becomes shared', (mmu) => mmu.unmap(0, 1, KVM_FILTER_PRIVATE)],
  ['a hole in the guest_memfd, or its release', (mmu) => mmu.unmap(0, 1, KVM_FILTER_PRIVATE)],
  ['the slot of page 0 is deleted, TDX or SNP', (mmu) => mmu.unmap(0, 1)],
  ['kvm_zap_gfn_range()', (mmu) => mmu.kvm_zap_gfn_range(0, 1)],
  ['kvm_mmu_zap_all_fast()', (mmu) => mmu.kvm_mmu_zap_all_fast()],
];

/** Two leaves in each root, page 0 and page 1; what each event leaves. */
export function eventTable(): Table {
  const left = (options: TdpVmOptions, event: (mmu: TdpMmu) => number) => {
    const mmu = new TdpMmu(new Host(linux('6.16.1')), options);
    for (const gfn of [0, 1, ...(options.external === undefined ? [] : [BIT, BIT + 1])])
      mmu.kvm_tdp_mmu_map(gfn * PAGE);
    event(mmu);
    return mmu.leaves;
  };
  const rows = EVENTS.map(([label, event]) => {
    const tdx = left(mirrored(), event);
    return { label, values: [tdx.direct, tdx.mirror, left({}, event).direct].map((leaves) => `${leaves} of 2`) };
  });
  return facts(['TDX: direct root', 'TDX: mirror root', 'one table'], 'event', rows);
}
