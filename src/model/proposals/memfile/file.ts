/**
 * The file: creation, refusals, charging. mm/memfd.c and mm/shmem.c of v3 and v5, mm/restrictedmem.c of v10; Message-IDs in
 * rules.ts. Left out: huge pages, swap (refused throughout), migration, F_SEAL_AUTO_ALLOCATE of v7.
 *
 * A file without read and write operations answers EINVAL to both, and ESPIPE to pread and pwrite: nothing gives it a position
 * (v10 sets the bits for one on the hidden shmem file only), as guest_memfd was recorded to answer.
 */
import { Errno } from '../../errno.ts';
import { F_SEAL_SEAL, FALLOC_FL_PUNCH_HOLE, MFD_ALLOW_SEALING, O_RDWR } from '../../linux/constants.ts';
import type { Host } from '../../linux/host.ts';
import type { Inode } from '../../linux/inode.ts';
import type { Extension, Kernel, Use } from '../../linux/kernel.ts';
import { NotRead } from '../../linux/notread.ts';
import type { Process } from '../../linux/process.ts';
import { low32, PAGE_N, pageOf, type WordIn } from '../../linux/words.ts';
import { BASE } from '../f-seal-guest/kernels.ts';
import { type MemfileRules, type MemfileVersion, VERSIONS } from './rules.ts';

/** The flag of v3 to v8. Since Linux 6.3 the number means MFD_NOEXEC_SEAL. */
export const MFD_INACCESSIBLE = 0x0008;

interface FileState {
  /** Made by the flag or by the system call. */
  readonly closed: boolean;
}

const KEY = 'memfile';
const versions = new WeakMap<Kernel, MemfileVersion>();

/** The version that a kernel stands for. Throws for any other kernel. */
export function versionOf(kernel: Kernel): MemfileVersion {
  const version = versions.get(kernel);
  if (version === undefined) throw new TypeError(`${kernel.name} is none of the private-file series`);
  return version;
}

/** True when user space is shut out of the file. */
export const isClosed = (inode: Inode): boolean => (inode.state.get(KEY) as FileState | undefined)?.closed === true;

const pinned = new WeakMap<Process, number>();

/** Pages that v5 counts against a process (mm->pinned_vm). It can fall below zero: that is the point. */
export const pinned_vm = (process: Process): number => pinned.get(process) ?? 0;

function count(host: Host, pages: number): void {
  const { current } = host;
  if (current !== undefined) pinned.set(current, pinned_vm(current) + pages);
}

function absent(operation: string, name: 'EINVAL' | 'ENODEV'): Errno {
  return new Errno(name, `A file of this kind has no ${operation} operation.`);
}

function check(inode: Inode, use: Use, rules: MemfileRules, host: Host): Errno | undefined {
  if (!isClosed(inode)) return undefined;
  const refused = (what: string, name: 'EINVAL' | 'ENODEV'): Errno =>
    rules.operations === 'absent' ? absent(what, name) : new Errno('EPERM', `The file is inaccessible: no ${what}.`);
  switch (use.op) {
    case 'read':
      if (rules.operations === 'EPERM' && pageOf(use.offset) > pageOf(inode.size)) return undefined;
      return refused('read', 'EINVAL');
    case 'write':
      return refused('write', 'EINVAL');
    case 'mmap':
      return refused('mmap', 'ENODEV');
    case 'ftruncate':
      if (rules.resize === 'once' && inode.size > 0n)
        return new Errno('EPERM', 'The size was set: it can be set once.');
      if (use.size % PAGE_N !== 0n) return new Errno('EINVAL', 'The size is a multiple of the page size.');
      return undefined;
    case 'fallocate':
      if ((use.mode & FALLOC_FL_PUNCH_HOLE) !== 0) {
        if (use.offset % PAGE_N !== 0n || use.length % PAGE_N !== 0n) {
          return new Errno('EINVAL', 'A hole starts and ends at a page boundary.');
        }
        if (rules.charge !== 'nobody') {
          count(host, -inode.cached(pageOf(use.offset), pageOf(use.offset + use.length)).length);
        }
        return undefined;
      }
      if (rules.charge !== 'nobody') {
        const first = pageOf(use.offset);
        const end = Number((use.offset + use.length + PAGE_N - 1n) / PAGE_N);
        count(host, end - first - inode.cached(first, end).length);
      }
      return undefined;
    default:
      return undefined;
  }
}

function extension(version: MemfileVersion): Extension {
  const { rules } = version;
  const flag = rules.made_by === 'MFD_INACCESSIBLE';
  return {
    name: version.name,
    ...(flag ? { memfd_flags: [['MFD_INACCESSIBLE', MFD_INACCESSIBLE]] as const } : {}),
    check_creation: (flags) => {
      if (!flag || (flags & MFD_INACCESSIBLE) === 0 || (flags & MFD_ALLOW_SEALING) === 0) return undefined;
      return new Errno('EINVAL', 'MFD_INACCESSIBLE excludes MFD_ALLOW_SEALING.');
    },
    created: (inode, flags) => {
      if (!flag || (flags & MFD_INACCESSIBLE) === 0) return;
      inode.state.set(KEY, { closed: rules.closed === 'yes' });
      inode.fileIo = rules.operations !== 'absent';
      inode.seals = F_SEAL_SEAL | rules.seal;
    },
    check: (inode, use, host) => check(inode, use, rules, host),
    move: (inode) => {
      // v3 asks for an owner, later versions for the flag of the file.
      if (rules.vms === 'one' ? inode.users.size === 0 : !isClosed(inode)) return undefined;
      if (rules.move === 'not read') throw new NotRead(`${version.version}: what moving a page answers was not read.`);
      return new Errno(rules.move, 'The pages of guest memory do not move.');
    },
    unevictable: (inode) => (rules.vms === 'one' ? inode.users.size > 0 : isClosed(inode)),
    owner: (inode) => (isClosed(inode) ? 'P' : undefined),
  };
}

/** A kernel with one version of the series. */
export function memfileKernel(version: MemfileVersion): Kernel {
  const flag = version.rules.made_by === 'MFD_INACCESSIBLE';
  const kernel: Kernel = {
    name: version.name,
    version: version.version,
    evidence: 'posting',
    source: version.source,
    rules: { ...BASE, memfd_flags: BASE.memfd_flags | (flag ? MFD_INACCESSIBLE : 0) },
    extension: extension(version),
  };
  versions.set(kernel, version);
  return kernel;
}

/** memfd_restricted(flags), proposed system call 451: a descriptor of a restricted file. Errors: EINVAL for any flag. */
export function memfd_restricted(process: Process, flags: WordIn): number | Errno {
  const { host } = process;
  const word = low32(flags);
  host.current = process;
  return host.step(process.name, 'memfd_restricted', [String(word)], () => {
    if (versionOf(host.kernel) !== VERSIONS.v10) return new Errno('ENOSYS', 'This kernel has no such system call.');
    if (word !== 0) return new Errno('EINVAL', 'No flag is defined.');
    const inode = host.makeInode({ kind: 'memfd', name: 'restrictedmem', uid: process.uid, mode: 0o600, seals: null });
    inode.state.set(KEY, { closed: true });
    inode.fileIo = false;
    return process.install(host.makeOpenFile(inode, O_RDWR));
  });
}
