/** Many sequences of one seed: counts, and one shortest form per kind of disagreement. */
import { type Compared, compare, type Pair } from './compare.ts';
import type { Offer } from './create-steps.ts';
import { generate } from './generate.ts';
import type { Question } from './protocol.ts';
import { shrink } from './shrink.ts';

/** Sequences that are under way at a time. */
const AT_ONCE = 40;
/** Kinds of disagreements that are made short; of the rest the first sequence is kept as it is. */
const MOST_SHRUNK = 20;

export interface Finding {
  readonly kind: string;
  /** Sequences that showed it first. */
  count: number;
  /** Number of the first one. */
  readonly index: number;
  readonly steps: readonly Question[];
}

export interface Totals {
  sequences: number;
  agreed: number;
  disagreed: number;
  /** Sequences that ended at a known difference, by its name. */
  readonly known: Map<string, number>;
  /** Sequences that the model cannot answer, by reason. */
  readonly notRead: Map<string, number>;
  steps: number;
  answers: number;
  /** Steps that the helper did not make: their handle did not exist, or they would have hurt the machine. */
  readonly leftOut: Map<string, number>;
  readonly findings: Map<string, Finding>;
}

export async function run(pair: Pair, offer: Offer, seed: number, sequences: number): Promise<Totals> {
  const totals: Totals = {
    sequences,
    agreed: 0,
    disagreed: 0,
    known: new Map(),
    notRead: new Map(),
    steps: 0,
    answers: 0,
    leftOut: new Map(),
    findings: new Map(),
  };
  for (let start = 0; start < sequences; start += AT_ONCE) {
    const indices = Array.from({ length: Math.min(AT_ONCE, sequences - start) }, (_, i) => start + i);
    const questions = indices.map((index) => generate(seed, index, offer));
    const compared = await Promise.all(
      questions.map((steps, i) => compare(pair, nameOf(seed, indices[i] ?? 0), steps)),
    );
    compared.forEach((one, i) => {
      add(totals, one, indices[i] ?? 0, questions[i] ?? []);
    });
  }
  return totals;
}

export const nameOf = (seed: number, index: number): string => `live-${seed}-${index}`;

const countUp = (counts: Map<string, number>, key: string): void => {
  counts.set(key, (counts.get(key) ?? 0) + 1);
};

function add(totals: Totals, one: Compared, index: number, steps: readonly Question[]): void {
  totals.steps += one.count;
  totals.answers += one.fields;
  for (const why of one.leftOut) countUp(totals.leftOut, why);
  const { verdict } = one;
  if (verdict.is === 'agreed') totals.agreed++;
  else if (verdict.is === 'known') countUp(totals.known, verdict.difference.id);
  else if (verdict.is === 'not read') countUp(totals.notRead, verdict.text);
  else {
    totals.disagreed++;
    const found = totals.findings.get(verdict.kind);
    if (found === undefined) totals.findings.set(verdict.kind, { kind: verdict.kind, count: 1, index, steps });
    else found.count++;
  }
}

/** The shortest sequence that disagrees in the same way. */
export async function shortest(pair: Pair, finding: Finding, number: number): Promise<Compared> {
  const same = async (steps: readonly Question[]): Promise<boolean> => {
    const { verdict } = await compare(pair, 'shorter', steps);
    return verdict.is === 'disagreed' && verdict.kind === finding.kind;
  };
  const steps = number < MOST_SHRUNK ? await shrink(finding.steps, same) : finding.steps;
  return compare(pair, `live-${finding.index}`, steps);
}
