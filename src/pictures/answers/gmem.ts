/**
 * Every operation on a guest_memfd, kernel by kernel: a file of four pages that belongs to a VM. Where a kernel's source was not
 * read for the answer at hand, the cell says so.
 */
import {
  FALLOC_FL_KEEP_SIZE,
  FALLOC_FL_PUNCH_HOLE,
  GUEST_MEMFD_FLAG_INIT_SHARED,
  GUEST_MEMFD_FLAG_MMAP,
  Host,
  type Kernel,
  KVM_MEM_GUEST_MEMFD,
  KVM_MEM_READONLY,
  KVM_MEMORY_ATTRIBUTE_PRIVATE,
  KVM_X86_DEFAULT_VM,
  KVM_X86_SW_PROTECTED_VM,
  KvmVm,
  kvmRules,
  MAP_PRIVATE,
  MAP_SHARED,
  MPOL_BIND,
  NotRead,
  O_RDWR,
  PAGE,
  PROT_EXEC,
  PROT_READ,
  PROT_WRITE,
  type Process,
  type Result,
  SEEK_SET,
} from '../../model/index.ts';
import { type Table, words } from './table.ts';

const SIZE = 4 * PAGE;
const READ_WRITE = PROT_READ | PROT_WRITE;
const PUNCH = FALLOC_FL_PUNCH_HOLE | FALLOC_FL_KEEP_SIZE;
const SHARED = GUEST_MEMFD_FLAG_MMAP | GUEST_MEMFD_FLAG_INIT_SHARED;

interface Stage {
  readonly qemu: Process;
  /** A VM whose memory is private or shared page by page, and one without private memory. */
  readonly vm: KvmVm;
  readonly plain: KvmVm;
  /** A file of `vm` without flags. */
  readonly fd: Result;
}

interface Row {
  readonly label: string;
  run(stage: Stage): unknown;
}

const row = (label: string, run: Row['run']): Row => ({ label, run });
const opened = (value: unknown): unknown => (typeof value === 'number' ? 'ok' : value);
/** A mapping of the file's first page; in parentheses why there is no file to map. */
const mapped = (qemu: Process, fd: Result, flags = MAP_SHARED): Result | string =>
  typeof fd === 'number' ? qemu.mmap(0, PAGE, READ_WRITE, flags, fd, 0) : `(${words(fd)})`;

/** A slot of two pages bound to the file's first two, unless the request says otherwise. */
const bind = (vm: KvmVm, guest_memfd: Result, more: { readonly [name: string]: number | bigint } = {}): unknown =>
  vm.kvm_set_user_memory_region2({
    slot: 0,
    flags: KVM_MEM_GUEST_MEMFD,
    guest_phys_addr: 0,
    memory_size: 2 * PAGE,
    guest_memfd,
    ...more,
  });

const GROUPS: readonly { readonly title: string; readonly rows: readonly Row[] }[] = [
  {
    title: 'KVM_CREATE_GUEST_MEMFD',
    rows: [
      row('one page', ({ vm }) => opened(vm.kvm_create_guest_memfd(PAGE))),
      row('no page', ({ vm }) => vm.kvm_create_guest_memfd(0)),
      row('100 bytes', ({ vm }) => vm.kvm_create_guest_memfd(100)),
      row('flag 4', ({ vm }) => vm.kvm_create_guest_memfd(PAGE, 4)),
      row('MMAP, VM type with private memory', ({ vm }) =>
        opened(vm.kvm_create_guest_memfd(PAGE, GUEST_MEMFD_FLAG_MMAP)),
      ),
      row('MMAP and INIT_SHARED, VM type with private memory', ({ vm }) =>
        opened(vm.kvm_create_guest_memfd(PAGE, SHARED)),
      ),
      row('MMAP and INIT_SHARED, VM type without', ({ plain }) => opened(plain.kvm_create_guest_memfd(PAGE, SHARED))),
      row('by a child of the VMM', ({ vm, qemu }) => vm.kvm_create_guest_memfd(PAGE, 0, qemu.fork('child'))),
    ],
  },
  {
    title: 'File without flags',
    rows: [
      row('read: 4 bytes', ({ qemu, fd }) => qemu.read(fd, new Uint8Array(4))),
      row('pwrite: 4 bytes', ({ qemu, fd }) => qemu.pwrite(fd, new Uint8Array(4), 0)),
      row('lseek', ({ qemu, fd }) => qemu.lseek(fd, 0, SEEK_SET)),
      row('ftruncate: the same size', ({ qemu, fd }) => qemu.ftruncate(fd, SIZE)),
      row('open /proc/self/fd/N', ({ qemu, fd }) => opened(qemu.open(`/proc/self/fd/${fd}`, O_RDWR))),
      row('dup', ({ qemu, fd }) => opened(qemu.dup(fd))),
      row('mmap: shared', ({ qemu, fd }) => mapped(qemu, fd)),
      row('mmap: shared, executable', ({ qemu, fd }) => qemu.mmap(0, PAGE, PROT_READ | PROT_EXEC, MAP_SHARED, fd, 0)),
    ],
  },
  {
    title: 'fallocate',
    rows: [
      row('without KEEP_SIZE', ({ qemu, fd }) => qemu.fallocate(fd, 0, 0, PAGE)),
      row('KEEP_SIZE: inside the file', ({ qemu, fd }) => qemu.fallocate(fd, FALLOC_FL_KEEP_SIZE, 0, PAGE)),
      row('KEEP_SIZE: ends behind the file', ({ qemu, fd }) =>
        qemu.fallocate(fd, FALLOC_FL_KEEP_SIZE, 3 * PAGE, 2 * PAGE),
      ),
      row('KEEP_SIZE: half a page', ({ qemu, fd }) => qemu.fallocate(fd, FALLOC_FL_KEEP_SIZE, 0, PAGE / 2)),
      row('PUNCH_HOLE: the first page', ({ qemu, fd }) => qemu.fallocate(fd, PUNCH, 0, PAGE)),
      row('PUNCH_HOLE: behind the file', ({ qemu, fd }) => qemu.fallocate(fd, PUNCH, 8 * PAGE, PAGE)),
      row('PUNCH_HOLE: half a page', ({ qemu, fd }) => qemu.fallocate(fd, PUNCH, 0, PAGE / 2)),
    ],
  },
  {
    title: 'File with MMAP',
    rows: [
      row('mmap: shared', ({ plain, qemu }) => mapped(qemu, plain.kvm_create_guest_memfd(SIZE, SHARED))),
      row('mmap: private', ({ plain, qemu }) => mapped(qemu, plain.kvm_create_guest_memfd(SIZE, SHARED), MAP_PRIVATE)),
      row('load: without INIT_SHARED', ({ vm, qemu }) =>
        touch(qemu, vm.kvm_create_guest_memfd(SIZE, GUEST_MEMFD_FLAG_MMAP)),
      ),
      row('load: with INIT_SHARED', ({ plain, qemu }) => touch(qemu, plain.kvm_create_guest_memfd(SIZE, SHARED))),
    ],
  },
  {
    title: 'KVM_SET_USER_MEMORY_REGION2',
    rows: [
      row('file without flags, VM type with private memory', ({ vm, fd }) => bind(vm, fd)),
      row('file without flags, VM type without', ({ plain }) => bind(plain, plain.kvm_create_guest_memfd(SIZE))),
      row('READONLY', ({ vm, fd }) => bind(vm, fd, { flags: KVM_MEM_GUEST_MEMFD | KVM_MEM_READONLY })),
      row('a descriptor that is not open', ({ vm }) => bind(vm, 99)),
      row("the VM's own descriptor", ({ vm }) => bind(vm, vm.fd)),
      row("another VM's file", ({ vm, plain }) => bind(vm, plain.kvm_create_guest_memfd(SIZE))),
      row('ends behind the file', ({ vm, fd }) => bind(vm, fd, { guest_memfd_offset: 3 * PAGE })),
      row('offset just below 2^63', ({ vm, fd }) => bind(vm, fd, { guest_memfd_offset: 2n ** 63n - 4096n })),
      row('guest addresses of another slot', ({ vm, fd }) => {
        bind(vm, fd);
        return bind(vm, fd, { slot: 1, guest_memfd_offset: 2 * PAGE });
      }),
      row('pages of the file that another slot has', ({ vm, fd }) => {
        bind(vm, fd);
        return bind(vm, fd, { slot: 1, guest_phys_addr: 16 * PAGE });
      }),
      row('the same slot again', ({ vm, fd }) => {
        bind(vm, fd);
        return bind(vm, fd);
      }),
    ],
  },
  {
    title: 'Filling and placing',
    rows: [
      row('populate: a page that is not private', ({ vm, fd }) => {
        bind(vm, fd);
        return fill(vm);
      }),
      row('populate: a private page', ({ vm, fd }) => populated(vm, fd)),
      row('populate: the same page again', ({ vm, fd }) => {
        populated(vm, fd);
        return fill(vm);
      }),
      row('KVM_PRE_FAULT_MEMORY: one page', ({ vm, fd }) => {
        bindPrivate(vm, fd);
        return vm.kvm_pre_fault_memory(0, PAGE);
      }),
      row('mbind to the other node: where a new page lies', ({ plain, qemu }) => placed(plain, qemu)),
    ],
  },
];

function bindPrivate(vm: KvmVm, fd: Result): void {
  bind(vm, fd);
  vm.kvm_set_memory_attributes({ address: 0, size: PAGE, attributes: KVM_MEMORY_ATTRIBUTE_PRIVATE });
}

/** The kernel's own function: pages done. */
const fill = (vm: KvmVm): unknown =>
  kvmRules(vm.host.kernel).populate === 'absent' ? 'no such function' : vm.kvm_gmem_populate(0, 'boot', 1);

function populated(vm: KvmVm, fd: Result): unknown {
  bindPrivate(vm, fd);
  return fill(vm);
}

/** The node of a page that comes after the policy was set; what refuses the mapping is the answer. */
function placed(vm: KvmVm, qemu: Process): unknown {
  const fd = vm.kvm_create_guest_memfd(SIZE, SHARED);
  const address = mapped(qemu, fd);
  if (typeof address !== 'number') return address;
  qemu.mbind(address, PAGE, MPOL_BIND, 2);
  qemu.fallocate(fd, FALLOC_FL_KEEP_SIZE, 0, PAGE);
  const file = qemu.file(fd);
  return 'inode' in file ? `node ${file.inode.page(0)?.frame.node}` : file;
}

/** A load through a mapping of the file; what refuses the mapping is the answer. */
function touch(qemu: Process, fd: Result): unknown {
  const address = mapped(qemu, fd);
  return typeof address === 'number' ? qemu.load(address) : address;
}

function stage(kernel: Kernel): Stage {
  const host = new Host(kernel);
  const qemu = host.process('qemu');
  const vm = new KvmVm(qemu, 'vm', KVM_X86_SW_PROTECTED_VM);
  const plain = new KvmVm(qemu, 'plain', KVM_X86_DEFAULT_VM);
  return { qemu, vm, plain, fd: vm.kvm_create_guest_memfd(SIZE) };
}

function cell(kernel: Kernel, one: Row): string {
  try {
    return words(one.run(stage(kernel)));
  } catch (error) {
    if (error instanceof NotRead) return 'not read';
    throw error;
  }
}

/** The table of operation by kernel; the first kernel is what the others are compared with. */
export function gmemTable(kernels: readonly Kernel[]): Table {
  return {
    columns: kernels.map(({ version, evidence, how }) => ({ label: version, note: how ?? evidence })),
    groups: GROUPS.map(({ title, rows }) => ({
      title,
      rows: rows.map((one) => {
        const texts = kernels.map((kernel) => cell(kernel, one));
        return { label: one.label, cells: texts.map((text) => ({ text, same: text === texts[0] })) };
      }),
    })),
  };
}
