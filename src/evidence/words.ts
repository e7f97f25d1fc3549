/** A recorded step in words: the call as C would write it, and an answer as one line. */
import { adviceText, FALLOC, flagText, MAP, MFD_FLAGS, PROT, SEALS, whenceText } from '../model/linux/flags.ts';
import { low32 } from '../model/linux/words.ts';
import type { Fields, StepReport } from './replay.ts';

type Args = Readonly<Record<string, unknown>>;

const text = (value: unknown): string => String(value);
const bits = (value: unknown): number => low32(BigInt(value as string | number));
const protection = (value: unknown): string => flagText(bits(value), PROT, 'PROT_NONE');

/** `"t"`; a long name is shortened to its length. */
function name(value: unknown): string {
  const written = text(value ?? 't');
  return written.length > 24 ? `"${written.slice(0, 3)}…" (${written.length} bytes)` : `"${written}"`;
}

/** The set of seals of F_ADD_SEALS, with bits above the low 32 in hexadecimal. */
function seals(value: unknown): string {
  const wide = BigInt.asUintN(64, BigInt(value as string | number));
  return wide > 0xffff_ffffn ? `0x${wide.toString(16)}` : flagText(Number(wide), SEALS);
}

const bytes = (args: Args): string => `${text(args['len'])} × ${text(args['byte'])}`;
const made = (args: Args, call: string): string => `${text(args['out'])} = ${call}`;

/** Address and length on a mapping: `m + 4096, 4096`; `m` alone is the whole mapping. */
function span(args: Args): string {
  const offset = args['offset'] === undefined ? '' : ` + ${text(args['offset'])}`;
  const length = args['length'] === undefined ? '' : `, ${text(args['length'])}`;
  return `${text(args['map'])}${offset}${length}`;
}

/** Names of the flags of KVM_CREATE_GUEST_MEMFD; other bits in hexadecimal. */
function gmemFlags(value: unknown): string {
  const names = ['MMAP', 'INIT_SHARED'];
  const wide = BigInt.asUintN(64, BigInt(value as string | number));
  return wide > 3n
    ? `flags 0x${wide.toString(16)}`
    : flagText(
        Number(wide),
        names.map((flag, bit) => [flag, 1 << bit] as const),
      );
}

const MEM_FLAGS = [
  ['LOG_DIRTY_PAGES', 1],
  ['READONLY', 2],
  ['GUEST_MEMFD', 4],
] as const;

/** A slot: number, flags, guest range, user address. */
function slot(args: Args): string {
  const base = args['userspace_addr_map'];
  const user =
    base === undefined
      ? text(args['userspace_addr'] ?? 0)
      : `${text(base)} + ${text(args['userspace_addr_offset'] ?? 0)}`;
  const range = `guest ${text(args['gpa'])}, ${text(args['size'])}`;
  return `slot ${text(args['slot'])}, ${flagText(bits(args['flags']), MEM_FLAGS)}, ${range}, user ${user}`;
}

const TMPFILE = 'O_TMPFILE|O_RDWR';

const CALLS: Readonly<Record<string, (a: Args) => string>> = {
  memfd_create: (a) => made(a, `memfd_create(${name(a['name'])}, ${flagText(bits(a['flags']), MFD_FLAGS)})`),
  memfd_secret: (a) => made(a, `memfd_secret(${bits(a['flags']) === 0x80000 ? 'O_CLOEXEC' : text(a['flags'])})`),
  open_tmpfs_file: (a) => made(a, `open("/dev/shm", ${TMPFILE})`),
  open_disk_file: (a) => made(a, `open("/tmp", ${TMPFILE})`),
  dup: (a) => made(a, `dup(${text(a['fd'])})`),
  reopen: (a) => made(a, `open("/proc/self/fd/${text(a['fd'])}", ${text(a['access'])})`),
  close: (a) => `close(${text(a['fd'])})`,
  fcntl_add_seals: (a) => `fcntl(${text(a['fd'])}, F_ADD_SEALS, ${seals(a['seals'])})`,
  fcntl_get_seals: (a) => `fcntl(${text(a['fd'])}, F_GET_SEALS)`,
  fcntl_getfd: (a) => `fcntl(${text(a['fd'])}, F_GETFD)`,
  fcntl_getfl_access: (a) => `fcntl(${text(a['fd'])}, F_GETFL) & O_ACCMODE`,
  same_inode: (a) => `fstat(${text(a['fd'])}).st_ino == fstat(${text(a['from_fd'])}).st_ino`,
  ftruncate: (a) => `ftruncate(${text(a['fd'])}, ${text(a['length'])})`,
  fallocate: (a) =>
    `fallocate(${text(a['fd'])}, ${flagText(bits(a['mode']), FALLOC)}, ${text(a['offset'])}, ${text(a['len'])})`,
  pwrite: (a) => `pwrite(${text(a['fd'])}, ${bytes(a)}, ${text(a['offset'])})`,
  write: (a) => `write(${text(a['fd'])}, ${bytes(a)})`,
  pread: (a) => `pread(${text(a['fd'])}, ${text(a['len'])}, ${text(a['offset'])})`,
  read: (a) => `read(${text(a['fd'])}, ${text(a['len'])})`,
  lseek: (a) => `lseek(${text(a['fd'])}, ${text(a['offset'])}, ${whenceText(Number(a['whence']))})`,
  fstat: (a) => `fstat(${text(a['fd'])})`,
  fchmod: (a) => `fchmod(${text(a['fd'])}, ${text(a['mode'])})`,
  sendfile: (a) => `sendfile(${text(a['fd'])}, ${text(a['from_fd'])}, ${text(a['in_offset'])}, ${text(a['len'])})`,
  copy_file_range: (a) =>
    `copy_file_range(${text(a['from_fd'])}, ${text(a['in_offset'])}, ${text(a['fd'])}, ${text(a['out_offset'])}, ${text(a['len'])})`,
  mmap: (a) =>
    made(
      a,
      `mmap(${text(a['length'])}, ${protection(a['prot'])}, ${flagText(bits(a['flags']), MAP)}, ${text(a['fd'])}, ${text(a['offset'])})`,
    ),
  mmap_anon: (a) => made(a, `mmap(${text(a['length'])}, ${protection(a['prot'])}, MAP_PRIVATE|MAP_ANONYMOUS)`),
  munmap: (a) => `munmap(${span(a)})`,
  mprotect: (a) => `mprotect(${span(a)}, ${protection(a['prot'])})`,
  madvise: (a) =>
    `madvise(${span(a)}, ${typeof a['advice'] === 'number' ? adviceText(a['advice']) : text(a['advice'])})`,
  mlock: (a) => `mlock(${span(a)})`,
  load: (a) => `load ${span(a)}`,
  store: (a) => `store ${span(a)}, ${text(a['byte'] ?? 0)}`,
  pin_pages: (a) => made(a, `vmsplice(pipe, ${span(a)})`),
  unpin_pages: (a) => `close(pipe of ${text(a['pin'])})`,
  process_vm_readv_self: (a) => `process_vm_readv(self, ${span(a)})`,
  write_from_map: (a) => `pwrite(${text(a['fd'])}, bytes at ${span(a)}, ${text(a['file_offset'])})`,
  pread_into_map: (a) => `pread(${text(a['fd'])}, into ${span(a)}, ${text(a['file_offset'])})`,
  fork_child: () => 'fork()',
  new_pidns_child: () => 'unshare(CLONE_NEWPID), fork()',
  become_unprivileged: (a) => `setrlimit(RLIMIT_MEMLOCK, ${text(a['memlock'])}), setuid(65534)`,
  kvm_check_extension: (a) => `ioctl(${text(a['vm'] ?? '/dev/kvm')}, KVM_CHECK_EXTENSION, ${text(a['cap'])})`,
  kvm_create_vm: (a) => made(a, `ioctl(/dev/kvm, KVM_CREATE_VM, type ${text(a['type'])})`),
  kvm_create_guest_memfd: (a) =>
    made(a, `ioctl(${text(a['vm'])}, KVM_CREATE_GUEST_MEMFD, ${text(a['size'])}, ${gmemFlags(a['flags'])})`),
  kvm_set_user_memory_region: (a) => `ioctl(${text(a['vm'])}, KVM_SET_USER_MEMORY_REGION, ${slot(a)})`,
  kvm_set_user_memory_region2: (a) =>
    `ioctl(${text(a['vm'])}, KVM_SET_USER_MEMORY_REGION2, ${slot(a)}, file ${text(a['gmem_fd'] ?? -1)} + ${text(a['offset'] ?? 0)})`,
  kvm_set_memory_attributes: (a) =>
    `ioctl(${text(a['vm'])}, KVM_SET_MEMORY_ATTRIBUTES, ${text(a['address'])}, ${text(a['size'])}, attributes ${text(a['attributes'])})`,
  sysctl_memfd_noexec_get: () => 'read vm.memfd_noexec',
  sysctl_memfd_noexec_set: (a) => `vm.memfd_noexec = ${text(a['value'])}`,
};

/** The call of a step: `m = mmap(8192, PROT_READ, MAP_SHARED, a, 0)`. */
export function callText(step: Pick<StepReport, 'op' | 'args'>): string {
  return CALLS[step.op]?.(step.args) ?? `${step.op}(${JSON.stringify(step.args)})`;
}

/** One answer: `-EPERM`, `8: 65×8`, `SIGBUS BUS_ADRERR`. */
export function answerText(op: string, fields: Fields): string {
  const result = fields['result'] ?? '';
  if (result.startsWith('SIG')) return result === 'SIGBUS' ? `${result} ${fields['si_code'] ?? ''}`.trim() : result;
  if (result !== 'ok') return /^E[A-Z]+$/.test(result) ? `-${result}` : result;
  if (fields['stat.size'] !== undefined) {
    const [size, mode, pages] = [fields['stat.size'], fields['stat.mode'], fields['stat.allocated_pages']];
    return `size ${size}, mode ${mode}, ${pages} ${pages === '1' ? 'page' : 'pages'}`;
  }
  if (fields['value'] !== undefined) return fields['value'];
  if (op === 'fcntl_get_seals') return sealSet(Number(fields['ret']));
  const ret = fields['ret'] ?? '';
  return fields['data'] === undefined ? ret : `${ret}: ${fields['data']}`;
}

/** A set of seals without the common prefix: `{WRITE|FUTURE_WRITE}`. */
const sealSet = (seals: number): string => `{${flagText(seals, SEALS, '').replaceAll('F_SEAL_', '')}}`;

/** The file after a step: `a: 8192 {WRITE}`; empty where the step has no descriptor. */
export function afterText(fields: Fields): string {
  const { 'post.fd': fd, 'post.size': size, 'post.seals': seals } = fields;
  if (fd === undefined) return '';
  return seals === 'null' || seals === undefined ? `${fd}: ${size}` : `${fd}: ${size} ${sealSet(Number(seals))}`;
}
