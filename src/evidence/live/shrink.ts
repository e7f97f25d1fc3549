/**
 * Makes a failing sequence as short as it goes: steps are left out and numbers made smaller as long as it still fails. What
 * comes out is minimal: leaving out any one step, or taking any one smaller number, no longer fails.
 */
import type { Question } from './protocol.ts';
import { int } from './protocol.ts';

/** Attempts after which the shortest form so far is taken. */
export const MOST_ATTEMPTS = 1500;

export type Fails = (steps: readonly Question[]) => Promise<boolean>;

export async function shrink(steps: readonly Question[], fails: Fails): Promise<Question[]> {
  let best = [...steps];
  let attempts = 0;
  for (let smaller = true; smaller; ) {
    smaller = false;
    for (const candidate of candidates(best)) {
      if (++attempts > MOST_ATTEMPTS) return best;
      if (!(await fails(candidate))) continue;
      best = candidate;
      smaller = true;
      break;
    }
  }
  return best;
}

/** Sequences that are smaller in one respect, the boldest first. */
export function* candidates(steps: readonly Question[]): Generator<Question[]> {
  for (let size = Math.ceil(steps.length / 2); size >= 1; size = size === 1 ? 0 : Math.ceil(size / 2)) {
    for (let start = steps.length - size; start >= 0; start -= size) {
      const kept = [...steps.slice(0, start), ...steps.slice(start + size)];
      if (kept.length > 0) yield kept;
    }
  }
  for (const [at, step] of steps.entries()) {
    const put = (other: readonly Question[]): Question[] => [...steps.slice(0, at), ...other, ...steps.slice(at + 1)];
    if (step.child !== undefined) {
      yield put(step.child);
      for (const child of candidates(step.child)) yield put([{ ...step, child }]);
    }
    for (const args of smallerArguments(step.args)) yield put([{ ...step, args }]);
  }
}

function* smallerArguments(args: Question['args']): Generator<Question['args']> {
  for (const [key, value] of Object.entries(args)) {
    if (typeof value !== 'number' && !(typeof value === 'string' && /^-?\d{6,}$/.test(value))) continue;
    if (key === 'mode' && typeof value === 'string') continue;
    for (const smaller of smallerNumbers(BigInt(value), key)) yield { ...args, [key]: int(smaller) };
  }
  if (args['map'] !== undefined && args['length'] !== undefined) {
    const { offset: _, length: __, ...rest } = args;
    if ('advice' in args || 'prot' in args) yield rest;
  }
}

/** Flag words lose single bits; quantities become smaller, round numbers first. */
function* smallerNumbers(value: bigint, key: string): Generator<bigint> {
  if (['flags', 'seals', 'prot', 'mode'].includes(key)) {
    for (let bit = 1n; value > 0n && bit <= value; bit <<= 1n) if ((value & bit) !== 0n) yield value & ~bit;
    return;
  }
  const size = value < 0n ? -value : value;
  for (const round of [0n, 1n, 4096n, 8192n, 12288n]) if (round < size) yield round;
  if (size > 12288n && (value / 2n / 4096n) * 4096n !== value) yield (value / 2n / 4096n) * 4096n;
}
