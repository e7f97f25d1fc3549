/**
 * Machine words. Offsets and lengths are 64 bits wide and may lie outside the integers that a JavaScript number holds
 * exactly, so every parameter takes a number or a bigint, and the model computes with bigints. A refused call handed on as
 * an argument becomes what C would pass: the negative error number.
 */
import { Errno } from '../errno.ts';

/** An offset, a length or a result of 64 bits. */
export type Word = number | bigint;
export type WordIn = Word | Errno;

const whole = (value: WordIn): bigint => {
  if (value instanceof Errno) return BigInt(-value.errno);
  return typeof value === 'bigint' ? value : BigInt(Number.isFinite(value) ? Math.trunc(value) : 0);
};

/** As loff_t: signed, 64 bits. */
export const signed = (value: WordIn): bigint => BigInt.asIntN(64, whole(value));
/** As unsigned long. */
export const unsigned = (value: WordIn): bigint => BigInt.asUintN(64, whole(value));
/** As unsigned int: the low 32 bits. */
export const low32 = (value: WordIn): number => Number(BigInt.asUintN(32, whole(value)));
/** As int. */
export const int = (value: WordIn): number => Number(BigInt.asIntN(32, whole(value)));
/** A number where it is exact, else a bigint. */
export const plain = (value: bigint): Word =>
  value >= BigInt(Number.MIN_SAFE_INTEGER) && value <= BigInt(Number.MAX_SAFE_INTEGER) ? Number(value) : value;

/** The largest file offset: 2^63 - 1. */
export const MAX_LFS_FILESIZE = 0x7fff_ffff_ffff_ffffn;
export const PAGE_N = 4096n;
/** Page number that holds a byte offset. */
export const pageOf = (offset: bigint): number => Number(offset / PAGE_N);
/** First page number at or behind a byte offset. */
export const pageUp = (offset: bigint): number => Number((offset + PAGE_N - 1n) / PAGE_N);
/** Position inside the page. */
export const within = (offset: bigint): number => Number(offset % PAGE_N);
/** A number of bytes as text: `1 byte`, `4096 bytes`. */
export const bytesText = (count: Word): string => `${count} ${BigInt(count) === 1n ? 'byte' : 'bytes'}`;
export const min = (a: bigint, b: bigint): bigint => (a < b ? a : b);
