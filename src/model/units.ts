import { Errno, type Result } from './errno.ts';

/** Sizes in bytes. A page is 4 KiB everywhere on this site, as in every recording it is held against. */
export const PAGE = 4096;
export const KiB = 1024;
export const MiB = 1024 * 1024;
export const GiB = 1024 * 1024 * 1024;

/** An address some bytes further on. A refused mmap stays refused: its Errno is handed through. */
export function at(address: Result, bytes: number): Result {
  return address instanceof Errno ? address : address + bytes;
}
