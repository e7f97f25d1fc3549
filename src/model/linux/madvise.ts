/**
 * madvise: MADV_DONTNEED, MADV_REMOVE, MADV_POPULATE_READ, MADV_POPULATE_WRITE; MADV_NORMAL, MADV_HUGEPAGE and
 * MADV_NOHUGEPAGE change nothing here; MADV_COLLAPSE fails where huge pages are off.
 * Source: mm/madvise.c, Linux 6.18 and 7.3.4; recordings madvise, secret-last-reference. Left out: all other advice (EINVAL).
 */
import { Errno, Signal } from '../errno.ts';
import { PAGE } from '../units.ts';
import {
  FALLOC_FL_KEEP_SIZE,
  FALLOC_FL_PUNCH_HOLE,
  MADV_COLLAPSE,
  MADV_DONTNEED,
  MADV_HUGEPAGE,
  MADV_NOHUGEPAGE,
  MADV_NORMAL,
  MADV_POPULATE_READ,
  MADV_POPULATE_WRITE,
  MADV_REMOVE,
  PROT_READ,
} from './constants.ts';
import { fallocate } from './fallocate.ts';
import { resolve } from './fault.ts';
import type { Mapping } from './mapping.ts';
import { rule } from './notread.ts';
import type { Process } from './process.ts';
import { PAGE_N, unsigned, type WordIn } from './words.ts';

type Advice = (process: Process, mapping: Mapping, start: number, end: number) => Errno | undefined;

const ADVICE: Record<number, Advice> = {
  [MADV_NORMAL]: () => undefined,
  [MADV_HUGEPAGE]: () => undefined,
  [MADV_NOHUGEPAGE]: () => undefined,
  [MADV_COLLAPSE]: () => new Errno('EINVAL', 'Huge pages are off for this memory.'),
  [MADV_DONTNEED]: dontNeed,
  [MADV_REMOVE]: remove,
  [MADV_POPULATE_READ]: (process, mapping, start, end) => populateRange(process, mapping, start, end, false),
  [MADV_POPULATE_WRITE]: (process, mapping, start, end) => populateRange(process, mapping, start, end, true),
};

/** 0, or the first failing check. A gap is passed over and answers ENOMEM at the end. */
export function madvise(process: Process, address: number, length: WordIn, advice: number): 0 | Errno {
  const act = ADVICE[advice];
  if (act === undefined) return new Errno('EINVAL', 'The model knows no such advice.');
  if (address % PAGE !== 0) return new Errno('EINVAL', 'The address is not a multiple of the page size.');
  const size = ((unsigned(length) + PAGE_N - 1n) / PAGE_N) * PAGE_N;
  if (size + BigInt(Math.max(address, 0)) >= 1n << 64n) return new Errno('EINVAL', 'The range wraps around.');
  if (size === 0n) return 0;
  const end = address + Number(size);
  const parts = process.space.overlapping(address, end);
  for (const part of parts) {
    const refused = act(process, part, Math.max(part.start, address), Math.min(part.end, end));
    if (refused !== undefined) return refused;
  }
  return process.space.covers(address, end) ? 0 : new Errno('ENOMEM', 'Part of the range is not mapped.');
}

/** Whether a secret mapping counts as locked differs between kernels. */
function countsAsLocked(mapping: Mapping): boolean {
  if (mapping.file?.inode.kind === 'secretmem') rule(mapping.process.host.kernel, 'secretmem_mapping');
  return mapping.locked;
}

const lockedRefusal = (): Errno => new Errno('EINVAL', 'The mapping counts as locked.');

/** Drops what a private mapping copied; a shared mapping loses nothing. */
function dontNeed(process: Process, mapping: Mapping, start: number, end: number): Errno | undefined {
  if (countsAsLocked(mapping)) return lockedRefusal();
  process.space.dropCopies(mapping, start, end);
  return undefined;
}

/** Punches a hole into the file behind a shared mapping that may be written. */
function remove(process: Process, mapping: Mapping, start: number, end: number): Errno | undefined {
  if (countsAsLocked(mapping)) return lockedRefusal();
  if (mapping.file === undefined) return new Errno('EINVAL', 'Anonymous memory has no file to punch a hole into.');
  if (!mapping.shared || !mapping.maywrite) {
    return new Errno('EACCES', 'MADV_REMOVE needs a shared mapping that may be written.');
  }
  const { host } = process;
  host.touch(mapping.file.inode);
  const offset = BigInt(mapping.pageOf(start)) * PAGE_N;
  const mode = FALLOC_FL_PUNCH_HOLE | FALLOC_FL_KEEP_SIZE;
  const result = fallocate(host, mapping.file, mode, offset, BigInt(end - start));
  return result instanceof Errno ? result : undefined;
}

/** Faults a range in, as get_user_pages does for reading or for writing. */
function populateRange(
  _process: Process,
  mapping: Mapping,
  start: number,
  end: number,
  write: boolean,
): Errno | undefined {
  const allowed = write ? mapping.writable : (mapping.prot & PROT_READ) !== 0;
  if (!allowed || mapping.file?.inode.kind === 'secretmem') {
    return new Errno('EINVAL', 'The mapping does not allow this access, or is secret.');
  }
  for (let at = start; at < end; at += PAGE) {
    const page = resolve(mapping, at, write);
    if (page instanceof Signal) return new Errno('EFAULT', page.why);
  }
  return undefined;
}
