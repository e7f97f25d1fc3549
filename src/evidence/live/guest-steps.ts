/** Sequences on guest_memfd: virtual machines, their files, slots, and everything that can be done with such a descriptor. */
import { FALLOC_FL_KEEP_SIZE, FALLOC_FL_PUNCH_HOLE, PAGE } from '../../model/index.ts';
import { anyFd, Draft, type DraftFd, type Maker, onFd, type Weighted } from './draft.ts';
import {
  chmod,
  close,
  copyRange,
  dup,
  plain,
  pread,
  pwrite,
  read,
  reopen,
  sameInode,
  seal,
  seek,
  sendfile,
  truncate,
  write,
} from './file-steps.ts';
import { anonymous, MEMORY, mapWhole } from './memory-steps.ts';
import type { Random } from './random.ts';
import { length, offset, word } from './values.ts';

const PAGE_N = BigInt(PAGE);
const CAPABILITIES = [
  'KVM_CAP_READONLY_MEM',
  'KVM_CAP_USER_MEMORY2',
  'KVM_CAP_MEMORY_FAULT_INFO',
  'KVM_CAP_MEMORY_ATTRIBUTES',
  'KVM_CAP_GUEST_MEMFD',
  'KVM_CAP_GUEST_MEMFD_FLAGS',
];

/** One process with one or two VMs and their files. */
export function guestSequence(draft: Draft): void {
  const { random } = draft;
  createVm(draft);
  createFile(draft);
  if (random.once(3)) anonymous(draft);
  const steps = 3 + random.below(random.once(4) ? 28 : 12);
  for (let step = 0; step < steps; step++) {
    if (random.once(25)) child(draft);
    else random.weighted(STEPS)(draft);
  }
}

/** A child has the descriptors and mappings, and another address space than the VM. */
function child(draft: Draft): void {
  const inner = new Draft(draft.random, draft);
  const steps = 1 + draft.random.below(5);
  for (let step = 0; step < steps; step++) draft.random.weighted(STEPS)(inner);
  draft.add('fork_child', {}, inner.steps);
}

const createVm: Maker = (draft) => {
  const out = draft.name('v');
  const type = draft.random.once(12) ? draft.random.pick([1, 2, 3, 4, 5, 31, 32, -1, 2 ** 32]) : 0;
  draft.add('kvm_create_vm', { type, out });
  draft.vms.push(out);
};

const closeVm: Maker = (draft) => {
  const vm = draft.vms.pop();
  if (vm !== undefined) draft.add('close', { fd: vm });
};

/** A VM; now and then a descriptor that is none. */
function someVm(draft: Draft): string | undefined {
  const { random, vms, fds } = draft;
  if (random.once(40) && fds.length > 0) return random.pick(fds).name;
  return vms.length === 0 ? undefined : random.pick(vms);
}

const createFile: Maker = (draft) => {
  const { random } = draft;
  const vm = someVm(draft);
  if (vm === undefined) return;
  const size = random.weighted<() => bigint>([
    [12, () => PAGE_N * BigInt(1 + random.below(6))],
    [1, () => offset(random, 0n)],
    [1, () => random.pick([0n, 2n ** 63n - PAGE_N, 2n ** 63n, 2n ** 40n, -PAGE_N])],
  ])();
  const flags = random.weighted<() => bigint>([
    [10, () => 3n],
    [4, () => BigInt(random.below(4))],
    [1, () => random.pick([4n, 8n, 1n << 32n, 1n << 63n])],
  ])();
  const out = draft.name('g');
  draft.add('kvm_create_guest_memfd', { vm, size: word(size), flags: word(flags), out });
  const kept = size > 0n && size < 2n ** 63n ? size : 0n;
  draft.fds.push({ name: out, file: { kind: 'guest_memfd', size: kept } });
};

const allocate = onFd((draft, { name, file }) => {
  const { random } = draft;
  const mode = random.weighted([
    [6, FALLOC_FL_KEEP_SIZE],
    [8, FALLOC_FL_PUNCH_HOLE | FALLOC_FL_KEEP_SIZE],
    [2, 0],
    [1, random.below(256)],
  ]);
  const aligned = random.once(8) ? offset(random, file.size) : PAGE_N * BigInt(random.below(7));
  const len = random.once(6) ? length(random) : PAGE_N * BigInt(1 + random.below(4));
  draft.add('fallocate', { fd: name, mode, offset: word(aligned), len: word(len) });
});

/** Two of the arguments in three are whole pages. */
const page = (random: Random, edges: readonly bigint[]): bigint =>
  random.weighted<() => bigint>([
    [16, () => PAGE_N * BigInt(random.below(8))],
    [1, () => BigInt(random.below(3 * PAGE))],
    [1, () => random.pick(edges)],
  ])();

const SLOTS = [0, 0, 0, 1, 1, 2, 3];
const WRONG_SLOTS = [32763, 32764, 32766, 32767, 32768, 65535, 65536, 65537, 2 ** 31, 2 ** 32 - 1];

const region = (second: boolean): Maker => {
  return (draft) => {
    const { random, maps } = draft;
    const vm = someVm(draft);
    if (vm === undefined) return;
    const slot = random.once(20) ? random.pick(WRONG_SLOTS) : random.pick(SLOTS);
    const flags = random.weighted<number>([
      [second ? 12 : 1, 4],
      [5, 0],
      [1, random.pick([1, 2, 3])],
      [1, random.pick([5, 6, 8, 16, 2 ** 31])],
    ]);
    const size = random.weighted<() => bigint>([
      [12, () => PAGE_N * BigInt(1 + random.below(4))],
      [4, () => 0n],
      [1, () => page(random, [2n ** 44n, 2n ** 63n, 2n ** 64n - PAGE_N, 2n ** 43n, 2n ** 62n])],
    ])();
    const gpa = page(random, [2n ** 64n - PAGE_N, 2n ** 63n, 2n ** 52n, 2n ** 52n - PAGE_N, 2n ** 64n - 2n * PAGE_N]);
    const map = maps.length > 0 && !random.once(3) ? random.pick(maps) : undefined;
    const address =
      map === undefined
        ? {
            userspace_addr: word(page(random, [0n, 2n ** 47n, 2n ** 47n - PAGE_N, 2n ** 63n, -PAGE_N, 2n ** 64n - 1n])),
          }
        : { userspace_addr_map: map.name, userspace_addr_offset: random.once(10) ? 1 : PAGE * random.below(2) };
    const first = { vm, slot, flags, gpa: word(gpa), size: word(size), ...address };
    if (!second) return draft.add('kvm_set_user_memory_region', first);
    const fd: DraftFd | undefined = anyFd(draft);
    const gmem = random.once(25) || fd === undefined ? random.pick([-1, 9999]) : fd.name;
    const from = page(random, [2n ** 63n - PAGE_N, 2n ** 63n, 2n ** 64n - PAGE_N, 2n ** 64n - 4n * PAGE_N]);
    draft.add('kvm_set_user_memory_region2', { ...first, gmem_fd: gmem, offset: word(random.once(2) ? 0n : from) });
  };
};

const attributes: Maker = (draft) => {
  const { random } = draft;
  const vm = someVm(draft);
  if (vm === undefined) return;
  draft.add('kvm_set_memory_attributes', {
    vm,
    address: word(page(random, [2n ** 63n])),
    size: word(page(random, [2n ** 63n])),
    attributes: random.pick([0, 8, 1, 9]),
    flags: random.once(8) ? 1 : 0,
  });
};

const capability: Maker = (draft) => {
  const { random } = draft;
  const vm = random.once(3) ? undefined : someVm(draft);
  draft.add('kvm_check_extension', { ...(vm === undefined ? {} : { vm }), cap: random.pick(CAPABILITIES) });
};

const STEPS: Weighted = [
  ...MEMORY,
  [14, region(true)],
  [3, region(false)],
  [10, allocate],
  [8, mapWhole],
  [3, createFile],
  [1, createVm],
  [1, closeVm],
  [2, close],
  [2, dup],
  [1, attributes],
  [1, capability],
  [2, plain('fstat')],
  [1, plain('fcntl_get_seals')],
  [1, plain('fcntl_getfd')],
  [1, plain('fcntl_getfl_access')],
  [1, truncate],
  [1, seal],
  [1, pread],
  [1, pwrite],
  [1, read],
  [1, write],
  [1, seek],
  [1, chmod],
  [1, reopen],
  [1, sameInode],
  [1, sendfile],
  [1, copyRange],
];
