/** Two tables of SEV: what a mirror may do by kernel, and what each side sees of one store. Every cell is a run of the model. */
import {
  clflush,
  KVM_X86_SEV_VM,
  kvm_create_sev_vm,
  MAP_SHARED,
  PAGE,
  PROT_READ,
  PROT_WRITE,
  type Result,
  SEV_COMMANDS,
  type SevKernel,
  type SevVm,
  sevHost,
  sevKernel,
  vm_page_flush,
  wbinvd,
} from '../../model/index.ts';
import { sevMirrorRfcMeant } from '../../model/proposals/sev-mirror.ts';
import { type Table, words } from './table.ts';

interface Pair {
  readonly source: SevVm;
  readonly mirror: SevVm;
  readonly spare: SevVm;
  readonly fd: Result;
}

/** A launched VM, its mirror, and a third VM. */
function pair(kernel: SevKernel): Pair {
  const qemu = sevHost(kernel).process('qemu');
  const fd = qemu.memfd_create('ram', 0);
  qemu.ftruncate(fd, PAGE);
  const make = (name: string) => kvm_create_sev_vm(qemu, name);
  const [source, mirror, spare] = [make('source'), make('mirror'), make('spare')];
  source.kvm_sev_init();
  source.kvm_sev_launch_start();
  share(source, mirror);
  return { source, mirror, spare, fd };
}

/** Makes `target` a mirror of `source`, in the way of the kernel. */
function share(source: SevVm, target: SevVm): unknown {
  const { capability, called_on } = source.rules.copy;
  return called_on === 'source'
    ? source.kvm_enable_cap(capability, target.fd)
    : target.kvm_enable_cap(capability, source.fd);
}

type Ask = (pair: Pair) => unknown;

const region: Ask = ({ mirror }) => {
  const address = mirror.process.mmap(0, PAGE, PROT_READ | PROT_WRITE, MAP_SHARED, 3, 0);
  return mirror.kvm_memory_encrypt_reg_region({ addr: address, size: PAGE });
};

const COPIES: readonly (readonly [string, Ask])[] = [
  ['a second mirror of the source', ({ source, spare }) => share(source, spare)],
  ['a mirror of the mirror', ({ mirror, spare }) => share(mirror, spare)],
  ['the source, of itself', ({ source }) => share(source, source)],
  ['a VM that has a vCPU', ({ source, spare }) => [spare.kvm_create_vcpu(0), share(source, spare)][1]],
  [
    'an SEV guest with a key of its own',
    ({ source, spare }) => [spare.kvm_sev_init(), spare.kvm_sev_launch_start(), share(source, spare)][2],
  ],
  ['a VM without SEV as source', ({ source, spare }) => share(spare, another(source))],
];

/** One more VM of the same process, without SEV. */
const another = (vm: SevVm): SevVm => kvm_create_sev_vm(vm.process, 'another');

const KERNELS: readonly (readonly [SevKernel, string])[] = [
  [sevMirrorRfcMeant, 'RFC, 2021-02'],
  [sevKernel('54526d1fd593'), '54526d1fd593, 2021-04'],
  [sevKernel('f43c887cb7cb'), 'f43c887cb7cb, 2021-09'],
  [sevKernel('6.16.1'), '6.16.1'],
];

const NOTES = ['posting, its test put right', 'source read', 'source read', 'source read'];

function rows(asks: readonly (readonly [string, Ask])[]): Table['groups'][number]['rows'] {
  return asks.map(([label, ask]) => {
    const texts = KERNELS.map(([kernel]) => words(ask(pair(kernel))));
    return { label, cells: texts.map((text) => ({ text, same: text === texts[0] })) };
  });
}

/** What the ioctls of a mirror answer: 0 stands for a command that reaches the firmware's part. */
export function mirrorTable(): Table {
  const commands = SEV_COMMANDS.filter((name) => !/INIT/.test(name));
  return {
    columns: KERNELS.map(([, label], at) => ({ label, note: NOTES[at] as string })),
    groups: [
      {
        title: 'KVM_MEMORY_ENCRYPT_OP on the mirror',
        rows: rows(
          commands.map((name) => [name.replace('KVM_SEV_', ''), ({ mirror }) => mirror.may_use(name)] as const),
        ),
      },
      { title: 'Memory of the mirror', rows: rows([['KVM_MEMORY_ENCRYPT_REG_REGION', region]]) },
      { title: 'Who can be shared with whom', rows: rows(COPIES) },
    ],
  };
}

/** The guest stores 0x41 with the C-bit; then the host reads the byte after one thing more was done. */
export function coherenceTable(): Table {
  const cell = (coherent: boolean, after: (vm: SevVm, address: Result) => unknown): string[] => {
    const host = sevHost(sevKernel('6.16.1'), { coherent });
    const qemu = host.process('qemu');
    const fd = qemu.memfd_create('ram', 0);
    qemu.ftruncate(fd, PAGE);
    const address = qemu.mmap(0, PAGE, PROT_READ | PROT_WRITE, MAP_SHARED, fd, 0);
    const vm = kvm_create_sev_vm(qemu, 'vm', KVM_X86_SEV_VM);
    vm.kvm_set_user_memory_region({ slot: 0, guest_phys_addr: 0, memory_size: PAGE, userspace_addr: address });
    vm.kvm_sev_init2();
    vm.kvm_sev_launch_start();
    // Both sides have the line before the store.
    vm.guest_load(0);
    qemu.load(address);
    vm.guest_store(0, 0x41);
    after(vm, address);
    const host_reads = qemu.load(address);
    const guest_reads = vm.guest_load(0);
    const host_word = host_reads === 0 ? 'old byte' : host_reads === 0x41 ? 'plaintext' : 'ciphertext';
    return [host_word, guest_reads === 0x41 ? 'own byte' : 'noise'];
  };
  const cases: readonly (readonly [string, (vm: SevVm, address: Result) => unknown])[] = [
    ['nothing', () => 0],
    ['CLFLUSH through the mapping of the host', (vm, address) => clflush(vm.process, address)],
    ['VM_PAGE_FLUSH with the ASID', (vm, address) => vm_page_flush(vm.process, address, vm.asid)],
    [
      'VM_PAGE_FLUSH, then CLFLUSH',
      (vm, address) => [vm_page_flush(vm.process, address, vm.asid), clflush(vm.process, address)],
    ],
    ['WBINVD on all processors', (vm) => wbinvd(vm.host)],
    ['a store of the host, then WBINVD', (vm, address) => [vm.process.store(address, 0x42), wbinvd(vm.host)]],
  ];
  const notes = ['not coherent', 'coherent'];
  return {
    columns: notes.flatMap((note) => ['host', 'guest'].map((label) => ({ label, note }))),
    groups: [
      {
        title: 'done after the store of the guest',
        rows: cases.map(([label, after]) => {
          const texts = [...cell(false, after), ...cell(true, after)];
          return { label, cells: texts.map((text) => ({ text, same: text !== 'old byte' && text !== 'noise' })) };
        }),
      },
    ],
  };
}
