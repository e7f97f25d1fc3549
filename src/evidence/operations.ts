/** The operations of a recording as calls of the model. Each answers what the recorder would have written down. */
import {
  Errno,
  F_ADD_SEALS,
  F_DUPFD_CLOEXEC,
  F_GET_SEALS,
  F_GETFD,
  F_GETFL,
  failed,
  MADV_COLLAPSE,
  MADV_DONTNEED,
  MADV_HUGEPAGE,
  MADV_NORMAL,
  MADV_POPULATE_READ,
  MADV_POPULATE_WRITE,
  MADV_REMOVE,
  MAP_ANONYMOUS,
  MAP_PRIVATE,
  O_ACCMODE,
  O_APPEND,
  O_CLOEXEC,
  O_RDONLY,
  O_RDWR,
  O_TMPFILE,
  O_TRUNC,
  O_WRONLY,
  type Oops,
  type Result,
  RLIMIT_MEMLOCK,
  type Signal,
  type Word,
} from '../model/index.ts';
import type { Machine } from './machine.ts';

export type Args = Readonly<Record<string, unknown>>;
/** An answer in the recorder's words, or the refusal. */
export interface Good {
  readonly ret: Word;
  readonly value?: number;
  readonly data?: Uint8Array;
  readonly stat?: Readonly<Record<string, unknown>>;
}
export type Outcome = Good | Errno | Signal | Oops;
export type Operation = (machine: Machine, args: Args) => Outcome;

const ACCESS: Record<string, number> = {
  O_RDONLY,
  O_WRONLY,
  O_RDWR,
  'O_RDWR|O_APPEND': O_RDWR | O_APPEND,
  'O_RDWR|O_TRUNC': O_RDWR | O_TRUNC,
  'O_RDONLY|O_TRUNC': O_RDONLY | O_TRUNC,
};
const ADVICE: Record<string, number> = {
  MADV_NORMAL,
  MADV_DONTNEED,
  MADV_REMOVE,
  MADV_HUGEPAGE,
  MADV_POPULATE_READ,
  MADV_POPULATE_WRITE,
  MADV_COLLAPSE,
};
const NOBODY = 65534;

/** A number that may be written as a decimal string. */
const big = (value: unknown): bigint => BigInt(value as number | string);
const num = (value: unknown): number => Number(value);
const text = (value: unknown): string => String(value);
const good = (ret: Word | Errno | Signal | Oops): Outcome => (failed(ret) ? ret : { ret });

function known(table: Record<string, number>, name: unknown): number {
  const value = table[text(name)];
  if (value === undefined) throw new Error(`'${name}' is not known to the replay`);
  return value;
}

/** Keeps a new descriptor under its name; such operations answer 0. */
function made(machine: Machine, args: Args, fd: Result): Outcome {
  if (fd instanceof Errno) return fd;
  machine.fds.set(text(args['out']), fd);
  return { ret: 0 };
}

/** Address and length that an operation on a mapping works on. */
function span(machine: Machine, args: Args): { address: number; length: bigint } {
  const map = machine.map(args['map']);
  const offset = num(args['offset'] ?? 0);
  const length = args['length'] === undefined ? BigInt(map.length - offset) : big(args['length']);
  return { address: map.address + offset, length };
}

function bytesRead(buffer: Uint8Array, count: Word | Errno): Outcome {
  return count instanceof Errno ? count : { ret: count, data: buffer.subarray(0, Number(count)) };
}

function stat(machine: Machine, args: Args): Outcome {
  const found = machine.process.fstat(machine.fd(args['fd']));
  if (found instanceof Errno) return found;
  return {
    ret: 0,
    stat: {
      size: found.st_size,
      mode: (found.st_mode & 0o7777).toString(8).padStart(4, '0'),
      kind: (found.st_mode & 0o170000) === 0o100000 ? 'regular' : 'other',
      allocated_pages: found.st_blocks / 8,
      blksize: found.st_blksize,
      nlink: found.st_nlink,
    },
  };
}

function map(machine: Machine, args: Args, prot: number, flags: number, fd: Result, offset: bigint): Outcome {
  const length = big(args['length']);
  const address = machine.place(length, prot, flags, fd, offset);
  if (address instanceof Errno) return address;
  machine.maps.set(text(args['out']), { address, length: Number(length) });
  return { ret: 0 };
}

const filled = (args: Args): Uint8Array => new Uint8Array(num(args['len'])).fill(num(args['byte']));
const room = (args: Args): Uint8Array => new Uint8Array(num(args['len']));

export const OPERATIONS: Readonly<Record<string, Operation>> = {
  memfd_create: (m, a) => made(m, a, m.process.memfd_create(text(a['name'] ?? 't'), big(a['flags']))),
  memfd_secret: (m, a) => made(m, a, m.process.memfd_secret(big(a['flags']))),
  open_tmpfs_file: (m, a) => made(m, a, m.process.open('/dev/shm', O_RDWR | O_TMPFILE | O_CLOEXEC)),
  open_disk_file: (m, a) => made(m, a, m.process.open('/tmp', O_RDWR | O_TMPFILE | O_CLOEXEC)),
  dup: (m, a) => made(m, a, m.process.fcntl(m.fd(a['fd']), F_DUPFD_CLOEXEC)),
  reopen: (m, a) =>
    made(m, a, m.process.open(`/proc/self/fd/${m.fd(a['fd'])}`, known(ACCESS, a['access']) | O_CLOEXEC)),
  close: (m, a) => {
    const fd = m.fd(a['fd']);
    m.fds.delete(text(a['fd']));
    return good(m.process.close(fd));
  },
  fcntl_add_seals: (m, a) => good(m.process.fcntl(m.fd(a['fd']), F_ADD_SEALS, big(a['seals']))),
  fcntl_get_seals: (m, a) => good(m.process.fcntl(m.fd(a['fd']), F_GET_SEALS)),
  fcntl_getfd: (m, a) => good(m.process.fcntl(m.fd(a['fd']), F_GETFD)),
  fcntl_getfl_access: (m, a) => {
    const flags = m.process.fcntl(m.fd(a['fd']), F_GETFL);
    return flags instanceof Errno ? flags : { ret: flags & O_ACCMODE };
  },
  same_inode: (m, a) => {
    const one = m.process.fstat(m.fd(a['fd']));
    const two = m.process.fstat(m.fd(a['from_fd']));
    if (one instanceof Errno) return one;
    return two instanceof Errno ? two : { ret: one.st_ino === two.st_ino ? 1 : 0 };
  },
  ftruncate: (m, a) => good(m.process.ftruncate(m.fd(a['fd']), big(a['length']))),
  fallocate: (m, a) => good(m.process.fallocate(m.fd(a['fd']), num(a['mode']), big(a['offset']), big(a['len']))),
  pwrite: (m, a) => good(m.process.pwrite(m.fd(a['fd']), filled(a), big(a['offset']))),
  write: (m, a) => good(m.process.write(m.fd(a['fd']), filled(a))),
  pread: (m, a) => {
    const buffer = room(a);
    return bytesRead(buffer, m.process.pread(m.fd(a['fd']), buffer, big(a['offset'])));
  },
  read: (m, a) => {
    const buffer = room(a);
    return bytesRead(buffer, m.process.read(m.fd(a['fd']), buffer));
  },
  lseek: (m, a) => good(m.process.lseek(m.fd(a['fd']), big(a['offset']), num(a['whence']))),
  fstat: stat,
  fchmod: (m, a) => good(m.process.fchmod(m.fd(a['fd']), Number.parseInt(text(a['mode']), 8))),
  sendfile: (m, a) => good(m.process.sendfile(m.fd(a['fd']), m.fd(a['from_fd']), big(a['in_offset']), big(a['len']))),
  copy_file_range: (m, a) =>
    good(
      m.process.copy_file_range(
        m.fd(a['from_fd']),
        big(a['in_offset']),
        m.fd(a['fd']),
        big(a['out_offset']),
        big(a['len']),
      ),
    ),
  mmap: (m, a) => map(m, a, num(a['prot']), num(a['flags']), m.fd(a['fd']), big(a['offset'])),
  mmap_anon: (m, a) => map(m, a, num(a['prot']), MAP_PRIVATE | MAP_ANONYMOUS, -1, 0n),
  munmap: (m, a) => {
    const { address, length } = span(m, a);
    const result = m.process.munmap(address, length);
    if (result === 0) m.reserve(address, length);
    return good(result);
  },
  mprotect: (m, a) => {
    const { address, length } = span(m, a);
    return good(m.process.mprotect(address, length, num(a['prot'])));
  },
  madvise: (m, a) => {
    const { address, length } = span(m, a);
    return good(m.process.madvise(address, length, known(ADVICE, a['advice'])));
  },
  mlock: (m, a) => {
    const { address, length } = span(m, a);
    return good(m.process.mlock(address, length));
  },
  load: (m, a) => {
    const value = m.process.load(m.map(a['map']).address + num(a['offset']));
    return failed(value) ? value : { ret: 0, value };
  },
  store: (m, a) => good(m.process.store(m.map(a['map']).address + num(a['offset']), num(a['byte'] ?? 0))),
  pin_pages: (m, a) => {
    const { address, length } = span(m, a);
    const pin = m.process.vmsplice(address, Number(length));
    if (pin instanceof Errno) return pin;
    m.keepPin(text(a['out']), pin);
    return { ret: pin.bytes };
  },
  unpin_pages: (m, a) => good(m.unpin(text(a['pin']))),
  process_vm_readv_self: (m, a) => {
    const { address, length } = span(m, a);
    const buffer = new Uint8Array(Number(length));
    return bytesRead(buffer, m.process.process_vm_readv(m.process, address, buffer));
  },
  write_from_map: (m, a) => {
    const { address, length } = span(m, a);
    return good(m.process.pwrite(m.fd(a['fd']), m.process.buffer(address, Number(length)), big(a['file_offset'])));
  },
  pread_into_map: (m, a) => {
    const { address, length } = span(m, a);
    return good(m.process.pread(m.fd(a['fd']), m.process.buffer(address, Number(length)), big(a['file_offset'])));
  },
  become_unprivileged: (m, a) => {
    m.process.setrlimit(RLIMIT_MEMLOCK, big(a['memlock']));
    return good(m.process.setuid(NOBODY));
  },
  sysctl_memfd_noexec_get: (m) => good(m.process.sysctl('vm.memfd_noexec')),
  sysctl_memfd_noexec_set: (m, a) => {
    const result = m.process.sysctl('vm.memfd_noexec', num(a['value']));
    return good(result);
  },
};
