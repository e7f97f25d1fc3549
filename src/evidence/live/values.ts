/** Numbers that a kernel's checks care about: page boundaries, the end of the file, negative, the largest offsets. */
import { PAGE } from '../../model/index.ts';
import type { Int } from '../trace.ts';
import { int } from './protocol.ts';
import type { Random } from './random.ts';

const PAGE_N = BigInt(PAGE);
const LARGEST = 2n ** 63n - 1n;
/** Pages that an ordinary file of a sequence has at most. */
const PAGES = 6;

/** Numbers at or over the edge of what an offset can be. */
const EDGES: readonly bigint[] = [
  -1n,
  -PAGE_N,
  -(2n ** 63n),
  LARGEST,
  LARGEST - 1n,
  LARGEST - PAGE_N,
  LARGEST - PAGE_N + 1n,
  2n ** 62n,
  2n ** 32n,
  2n ** 31n - 1n,
];

/** A number near a page boundary, in or behind a small file. */
function nearPage(random: Random): bigint {
  const step = random.weighted<bigint>([
    [6, 0n],
    [1, -1n],
    [1, 1n],
    [1, BigInt(random.below(PAGE))],
  ]);
  const found = BigInt(random.below(PAGES)) * PAGE_N + step;
  return found < 0n ? 0n : found;
}

/** An offset into a file of about `size` bytes, in bytes. */
export function offset(random: Random, size: bigint): bigint {
  return random.weighted<() => bigint>([
    [10, () => nearPage(random)],
    [3, () => size],
    [2, () => size - 1n],
    [2, () => size + 1n],
    [2, () => ((size + PAGE_N - 1n) / PAGE_N) * PAGE_N],
    [3, () => 0n],
    [2, () => BigInt(random.below(PAGES * PAGE))],
    [1, () => random.pick(EDGES)],
  ])();
}

/** How many bytes a call moves: never so many that they would fill the memory. */
export function count(random: Random): number {
  return random.weighted<() => number>([
    [4, () => 1],
    [4, () => 1 + random.below(16)],
    [4, () => PAGE],
    [2, () => PAGE - 1],
    [2, () => PAGE + 1],
    [2, () => 2 * PAGE],
    [1, () => 0],
    [1, () => random.below(4 * PAGE)],
    [1, () => 17 * PAGE],
  ])();
}

/** A length of a range of a file, wrong ones included. */
export function length(random: Random): bigint {
  return random.weighted<() => bigint>([
    [10, () => PAGE_N * BigInt(1 + random.below(3))],
    [4, () => BigInt(count(random))],
    [2, () => BigInt(random.below(3 * PAGE))],
    [1, () => random.pick(EDGES)],
  ])();
}

/** A new size of a file. */
export function newSize(random: Random, size: bigint): bigint {
  return random.weighted<() => bigint>([
    [8, () => PAGE_N * BigInt(random.below(PAGES))],
    [4, () => offset(random, size)],
    [1, () => LARGEST],
  ])();
}

/** Bytes other than zero, so that a hole can be told from what was written. */
export const byte = (random: Random): number => 1 + random.below(255);

/** As an argument: a machine word, signed or not. */
export const word = (value: bigint | number): Int => {
  const wide = BigInt(value);
  return int(wide >= 2n ** 64n || wide < -(2n ** 63n) ? BigInt.asIntN(64, wide) : wide);
};
