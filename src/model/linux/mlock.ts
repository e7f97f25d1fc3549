/**
 * mlock, munlock, and populating a range with pages.
 * Source: mm/mlock.c, mm/gup.c (__mm_populate), Linux 6.18. Left out: MLOCK_ONFAULT, mlockall.
 */
import { Errno, Signal } from '../errno.ts';
import { PAGE } from '../units.ts';
import { PROT_WRITE } from './constants.ts';
import { resolve } from './fault.ts';
import type { Mapping } from './mapping.ts';
import type { Process } from './process.ts';
import { PAGE_N, unsigned, type WordIn } from './words.ts';

/** The first page of the range that get_user_pages could not fault in, or undefined. */
export function populate(mapping: Mapping, start: number, end: number): number | undefined {
  // A private writable mapping gets its own copies; a shared one is only read.
  const write = (mapping.prot & PROT_WRITE) !== 0 && !mapping.mayshare;
  for (let at = start; at < end; at += PAGE) {
    if (!mapping.accessible || mapping.file?.inode.noDirectMap) return at;
    if (resolve(mapping, at, write) instanceof Signal) return at;
  }
  return undefined;
}

/** 0, or EPERM, ENOMEM (limit, gap, or a page that cannot be had), EINVAL. The lock stays where populating fails. */
export function mlock(process: Process, address: number, length: WordIn): 0 | Errno {
  if (!process.privileged && process.rlimit_memlock === 0n) {
    return new Errno('EPERM', 'The locked-memory limit is 0.');
  }
  const offset = ((address % PAGE) + PAGE) % PAGE;
  const start = address - offset;
  // In words of 64 bits: a length that wraps around to 0 locks nothing and is no error (live comparison on 6.18.44).
  const size = BigInt.asUintN(64, ((unsigned(length) + BigInt(offset) + PAGE_N - 1n) / PAGE_N) * PAGE_N);
  const reach = start + Number(size);
  const already = process.space
    .overlapping(start, reach)
    .filter((part) => part.locked)
    .reduce((sum, part) => sum + Math.min(part.end, reach) - Math.max(part.start, start), 0);
  if (!process.privileged && size + BigInt(process.space.locked - already) > process.rlimit_memlock) {
    return new Errno('ENOMEM', `The locked-memory limit is ${process.rlimit_memlock} bytes.`);
  }
  if (BigInt(start) + size >= 1n << 64n) return new Errno('EINVAL', 'The range wraps around.');
  if (size === 0n) return 0;
  return lockRange(process, start, reach);
}

function lockRange(process: Process, start: number, end: number): 0 | Errno {
  const { space } = process;
  space.cut(start, end);
  let at = start;
  for (const part of space.overlapping(start, end)) {
    if (part.start > at) break;
    const inode = part.file?.inode;
    if (!inode?.noDirectMap && inode?.kind !== 'hugetlb') part.locked = true;
    at = part.end;
  }
  if (at < end) return new Errno('ENOMEM', 'Part of the range is not mapped.');
  for (const part of space.overlapping(start, end)) {
    const stopped = populate(part, Math.max(part.start, start), Math.min(part.end, end));
    if (stopped !== undefined) {
      return new Errno('ENOMEM', `The page at 0x${stopped.toString(16)} cannot be brought in.`);
    }
  }
  return 0;
}

/** 0, or ENOMEM (a gap). */
export function munlock(process: Process, address: number, length: WordIn): 0 | Errno {
  const start = Math.floor(address / PAGE) * PAGE;
  const end = Math.ceil((address + Number(unsigned(length))) / PAGE) * PAGE;
  process.space.cut(start, end);
  for (const part of process.space.overlapping(start, end)) {
    if (!part.file?.inode.noDirectMap) part.locked = false;
  }
  return process.space.covers(start, end) ? 0 : new Errno('ENOMEM', 'Part of the range is not mapped.');
}
