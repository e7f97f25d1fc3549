/**
 * mmap, munmap, mprotect.
 * Source: mm/mmap.c (do_mmap), mm/memfd.c (memfd_check_seals_mmap), mm/mprotect.c, mm/secretmem.c, fs/hugetlbfs/inode.c, Linux
 * 6.18 and 7.3.4; recordings map-*, matrix-*-mmap, write-seal-*, secret-mmap-kinds. Left out: growing stacks, protection keys,
 * MAP_SYNC, overcommit, the limit on the number of mappings.
 */
import { Errno, type Result } from '../errno.ts';
import { PAGE } from '../units.ts';
import { TASK_SIZE } from './addressspace.ts';
import {
  F_SEAL_FUTURE_WRITE,
  F_SEAL_WRITE,
  MAP_ANONYMOUS,
  MAP_FIXED,
  MAP_LOCKED,
  MAP_NORESERVE,
  MAP_POPULATE,
  MAP_PRIVATE,
  MAP_SHARED,
  MAP_SHARED_VALIDATE,
  MAP_TYPE,
  O_RDWR,
  PROT_EXEC,
  PROT_WRITE,
} from './constants.ts';
import { Mapping } from './mapping.ts';
import { populate } from './mlock.ts';
import type { OpenFile } from './openfile.ts';
import type { Process } from './process.ts';
import { secretMapRefused } from './secretmem.ts';
import { bytesText, MAX_LFS_FILESIZE, PAGE_N, unsigned, type WordIn } from './words.ts';

export interface MapRequest {
  readonly address: number;
  readonly length: WordIn;
  readonly prot: number;
  readonly flags: number;
  readonly fd: Result;
  readonly offset: WordIn;
}

const PAGE_MASK = PAGE_N - 1n;
const ADDRESS_SPACE = 1n << 64n;
const invalid = (why: string): Errno => new Errno('EINVAL', why);

/** The address of the new mapping, or the first failing check. */
export function mmap(process: Process, request: MapRequest): Result {
  const { host } = process;
  const offset = unsigned(request.offset);
  if ((offset & PAGE_MASK) !== 0n) return invalid('The offset is not a multiple of the page size.');
  const anonymous = (request.flags & MAP_ANONYMOUS) !== 0;
  const file = anonymous ? undefined : process.file(request.fd);
  if (file instanceof Errno) return file;
  const asked = unsigned(request.length);
  if (asked === 0n) return invalid('The length is 0.');
  const unit = BigInt(file?.inode.kind === 'hugetlb' ? file.inode.blksize : PAGE);
  const wide = ((asked + unit - 1n) / unit) * unit;
  // Rounding up to a huge page may wrap around to 0, which counts as no length (live comparison on 6.18.44).
  if (wide >= ADDRESS_SPACE && unit > PAGE_N) return invalid('The length, in huge pages, is 0.');
  if (wide >= ADDRESS_SPACE || wide > BigInt(TASK_SIZE))
    return new Errno('ENOMEM', 'The address space is not that large.');
  const length = Number(wide);
  const address = choose(process, request, length, file);
  if (address instanceof Errno) return address;
  const locked = (request.flags & MAP_LOCKED) !== 0 ? refusedLock(process, length) : undefined;
  if (locked !== undefined) return locked;
  const rights = file === undefined ? anonymousRights(request) : fileRights(file, request, offset, wide);
  if (rights instanceof Errno) return rights;
  const refused = file === undefined ? undefined : refusedByFile(process, file, request, rights.shared, length, offset);
  if (refused !== undefined) return refused;

  if ((request.flags & MAP_FIXED) !== 0) process.space.remove(address, address + length);
  const mapping = new Mapping({
    process,
    start: address,
    end: address + length,
    prot: request.prot & 7,
    ...rights,
    file: file ?? (rights.mayshare ? sharedAnonymous(process, length) : undefined),
    pgoff: Number(offset / PAGE_N),
    locked: countsAsLocked(process, file) || (request.flags & MAP_LOCKED) !== 0,
  });
  process.space.insert(mapping);
  host.note(`${bytesText(length)} mapped at 0x${address.toString(16)}`);
  if ((request.flags & (MAP_LOCKED | MAP_POPULATE)) !== 0) populate(mapping, address, address + length);
  return address;
}

/** MAP_LOCKED against RLIMIT_MEMLOCK (can_do_mlock, mlock_future_ok). */
function refusedLock(process: Process, length: number): Errno | undefined {
  if (process.privileged) return undefined;
  if (process.rlimit_memlock === 0n) return new Errno('EPERM', 'The locked-memory limit is 0.');
  if (BigInt(process.space.locked + length) <= process.rlimit_memlock) return undefined;
  return new Errno('EAGAIN', `The locked-memory limit is ${process.rlimit_memlock} bytes.`);
}

const countsAsLocked = (process: Process, file: OpenFile | undefined): boolean =>
  file?.inode.kind === 'secretmem' && process.host.kernel.rules.secretmem_mapping === 'locked';

interface Rights {
  readonly mayshare: boolean;
  readonly shared: boolean;
  readonly maywrite: boolean;
  readonly mayexec: boolean;
}

function choose(process: Process, request: MapRequest, length: number, file: OpenFile | undefined): Result {
  if ((request.flags & MAP_FIXED) === 0) {
    const unit = file?.inode.kind === 'hugetlb' ? file.inode.blksize : PAGE;
    return process.space.place(length, request.address, unit) ?? new Errno('ENOMEM', 'The address space is full.');
  }
  const unit = file?.inode.kind === 'hugetlb' ? file.inode.blksize : PAGE;
  if (request.address % unit !== 0) return invalid('The address is not a multiple of the page size.');
  if (request.address + length > TASK_SIZE) return new Errno('ENOMEM', 'The range leaves the user address space.');
  return request.address;
}

function anonymousRights(request: MapRequest): Rights | Errno {
  const type = request.flags & MAP_TYPE;
  if (type !== MAP_SHARED && type !== MAP_PRIVATE) return invalid('Neither MAP_SHARED nor MAP_PRIVATE was given.');
  const shared = type === MAP_SHARED;
  return { mayshare: shared, shared, maywrite: true, mayexec: true };
}

/** do_mmap's checks of a file mapping, in order, and what the mapping may become. */
function fileRights(file: OpenFile, request: MapRequest, offset: bigint, length: bigint): Rights | Errno {
  const { inode } = file;
  if (offset > MAX_LFS_FILESIZE - length)
    return new Errno('EOVERFLOW', 'The range ends behind the largest file offset.');
  const type = request.flags & MAP_TYPE;
  const sharing = type === MAP_SHARED || type === MAP_SHARED_VALIDATE;
  if (!sharing && type !== MAP_PRIVATE) return invalid('Neither MAP_SHARED nor MAP_PRIVATE was given.');
  const write = (request.prot & PROT_WRITE) !== 0;
  if (sharing && write && !file.writable) {
    return new Errno('EACCES', 'A shared writable mapping needs a descriptor open for writing.');
  }
  if (!file.readable) return new Errno('EACCES', 'Every mapping needs a descriptor open for reading.');
  const exec = (request.prot & PROT_EXEC) !== 0;
  // Asked only where it matters: what a file of another part of the kernel answers may not have been read.
  const noexec = inode.operations === undefined ? !inode.hasFileIo : exec ? inode.operations.noexec() : true;
  if (noexec && exec) {
    return new Errno('EPERM', 'The file system of this file allows no execution.');
  }
  const shared = sharing && file.writable;
  const seals = inode.seals ?? 0;
  const sealed = shared && (seals & (F_SEAL_WRITE | F_SEAL_FUTURE_WRITE)) !== 0;
  if (sealed && write) {
    const name = (seals & F_SEAL_WRITE) !== 0 ? 'F_SEAL_WRITE' : 'F_SEAL_FUTURE_WRITE';
    return new Errno('EPERM', `${name} forbids new shared mappings with PROT_WRITE.`);
  }
  return { mayshare: sharing, shared, maywrite: !sealed && (!sharing || file.writable), mayexec: !noexec };
}

/** What the version, the extension and the file's own mmap operation say. */
function refusedByFile(
  process: Process,
  file: OpenFile,
  request: MapRequest,
  shared: boolean,
  length: number,
  offset: bigint,
): Errno | undefined {
  const { inode } = file;
  const { rules, extension } = process.host.kernel;
  if (shared && ((inode.seals ?? 0) & F_SEAL_WRITE) !== 0 && rules.shared_readonly_of_write_sealed === 'EPERM') {
    return new Errno('EPERM', 'F_SEAL_WRITE forbids every new shared mapping in this kernel.');
  }
  const extended = extension?.check?.(inode, { op: 'mmap', prot: request.prot, shared }, process.host);
  if (extended !== undefined) return extended;
  if (inode.kind === 'kvm') return new Errno('ENODEV', 'A file of this kind cannot be mapped.');
  if (inode.operations !== undefined) return inode.operations.mmap(shared);
  if (inode.kind === 'secretmem') {
    if (!shared) return invalid('Secret memory can only be mapped shared.');
    return secretMapRefused(process, length);
  }
  if (inode.kind === 'hugetlb') {
    if (offset % BigInt(inode.blksize) !== 0n) return invalid('The offset is not a multiple of the huge page size.');
    if ((request.flags & MAP_NORESERVE) === 0) return new Errno('ENOMEM', 'No huge page is reserved on this machine.');
  }
  return undefined;
}

/** MAP_SHARED|MAP_ANONYMOUS is a mapping of a fresh file in memory. */
function sharedAnonymous(process: Process, length: number): OpenFile {
  const inode = process.host.makeInode({ kind: 'tmpfs', name: '/dev/zero', uid: process.uid, mode: 0o777, seals: 1 });
  inode.size = BigInt(length);
  return process.host.makeOpenFile(inode, O_RDWR);
}

/** 0, or EINVAL. Units: bytes. */
export function munmap(process: Process, address: number, length: WordIn): 0 | Errno {
  const wide = unsigned(length);
  if (address % PAGE !== 0) return invalid('The address is not a multiple of the page size.');
  if (address < 0 || address > TASK_SIZE || wide > BigInt(TASK_SIZE - address)) {
    return invalid('The range leaves the user address space.');
  }
  if (wide === 0n) return invalid('The length is 0.');
  const end = address + Math.ceil(Number(wide) / PAGE) * PAGE;
  const gone = process.space.remove(address, end);
  for (const mapping of gone) if (mapping.file !== undefined) process.host.touch(mapping.file.inode);
  if (gone.length > 0) process.host.note(`unmapped 0x${address.toString(16)}`);
  return 0;
}

/** 0, or EINVAL, ENOMEM (a gap), EACCES (the mapping may not become so). Neighbours before the failing one are changed. */
export function mprotect(process: Process, address: number, length: WordIn, prot: number): 0 | Errno {
  const wide = unsigned(length);
  if (address % PAGE !== 0) return invalid('The address is not a multiple of the page size.');
  if (wide === 0n) return 0;
  const rounded = ((wide + PAGE_MASK) / PAGE_N) * PAGE_N;
  // Before the protection word is looked at (live comparison on 6.18.44).
  if (BigInt(address) + rounded >= ADDRESS_SPACE) return new Errno('ENOMEM', 'The range wraps around.');
  if ((prot & ~15) !== 0) return invalid('The protection word has an unknown bit.');
  const end = Math.min(address + Number(rounded), TASK_SIZE + PAGE);
  let at = address;
  for (const found of process.space.overlapping(address, end)) {
    if (found.start > at) break;
    if ((prot & PROT_WRITE) !== 0 && !found.maywrite) {
      return new Errno('EACCES', 'The mapping may never become writable.');
    }
    if ((prot & PROT_EXEC) !== 0 && !found.mayexec) {
      return new Errno('EACCES', 'The mapping may never become executable.');
    }
    process.space.cut(Math.max(found.start, address), Math.min(found.end, end));
    const part = process.space.at(at);
    if (part !== undefined) {
      part.prot = prot & 7;
      if (part.file !== undefined) process.host.touch(part.file.inode);
      at = part.end;
    }
  }
  return at >= end ? 0 : new Errno('ENOMEM', 'Part of the range is not mapped.');
}
