/** One sequence: the running kernel's answers as a recording, and the model's beside them. */
import type { Kernel, ProcessOptions } from '../../model/index.ts';
import { flatten, replay, type StepReport } from '../replay.ts';
import type { Trace } from '../trace.ts';
import type { LiveKernel } from './helper.ts';
import type { LeftOut, Question } from './protocol.ts';
import { type KnownDifference, known } from './releases.ts';

/** The kernel that answers, and the rules that the model answers by. */
export interface Pair {
  readonly live: LiveKernel;
  readonly model: Kernel;
  /** Release without the vendor's suffix: `6.18.44`. */
  readonly release: string;
  /** Who asks: root, unless it says otherwise. */
  readonly as?: ProcessOptions;
}

export interface Compared {
  readonly trace: Trace;
  /** Steps that both answered, those of children included. */
  readonly count: number;
  /** Answers compared. */
  readonly fields: number;
  /** Steps that the kernel was not asked for. */
  readonly leftOut: readonly LeftOut[];
  /** Agreed on every answer; or the first difference; or it is a known one; or the model has not read what decides. */
  readonly verdict: Verdict;
}

export type Verdict =
  | { readonly is: 'agreed' }
  | { readonly is: 'known'; readonly difference: KnownDifference }
  | { readonly is: 'not read'; readonly text: string }
  | { readonly is: 'disagreed'; readonly kind: string; readonly text: string };

/** Answers that are names: two disagreements of the same kind have the same ones. */
const NAMED = new Set(['result', 'si_code', 'post.seals', 'stat.mode']);

/** Asks both. Of a sequence of which the kernel made no call nothing is compared. */
export async function compare(pair: Pair, name: string, steps: readonly Question[]): Promise<Compared> {
  const { live, model, release } = pair;
  const answered = await live.run(steps);
  const trace: Trace = {
    schema: 'guest-memory-oracle/1',
    name,
    reason: 'Found by the live comparison.',
    subsystem: subsystem(steps),
    tags: ['live'],
    kernel: release,
    page_size: 4096,
    steps: answered.steps,
  };
  const { leftOut } = answered;
  if (answered.steps.length === 0) return { trace, count: 0, fields: 0, leftOut, verdict: { is: 'agreed' } };
  try {
    const { count, fields, steps: reports } = replay(trace, model, pair.as);
    return { trace, count, fields, leftOut, verdict: judge(release, trace, flatten(reports)) };
  } catch (error) {
    const text = error instanceof Error ? `${error.name}: ${error.message}` : String(error);
    const verdict: Verdict =
      error instanceof Error && error.name === 'NotRead'
        ? { is: 'not read', text: error.message }
        : { is: 'disagreed', kind: `the model threw: ${text}`, text: `the model threw ${text}` };
    return { trace, count: 0, fields: 0, leftOut, verdict };
  }
}

function judge(release: string, trace: Trace, steps: readonly StepReport[]): Verdict {
  const step = steps.find(({ differences }) => differences.length > 0);
  const difference = step?.differences[0];
  if (step === undefined || difference === undefined) return { is: 'agreed' };
  const explained = known(release, step, trace.steps);
  if (explained !== undefined) return { is: 'known', difference: explained };
  const { field, expected, found } = difference;
  const values = NAMED.has(field) ? ` ${expected} → ${found}` : '';
  const advice = step.args['advice'] === undefined ? '' : ` ${String(step.args['advice'])}`;
  return {
    is: 'disagreed',
    kind: `${step.op}${advice} ${field}${values}`,
    text: `step ${step.number} ${step.op}: ${field}: the kernel answered ${short(expected)}, the model ${short(found)}${step.why ? ` (${step.why})` : ''}`,
  };
}

const short = (text: string): string => (text.length > 120 ? `${text.slice(0, 117)}...` : text);

function subsystem(steps: readonly Question[]): Trace['subsystem'] {
  const uses = (op: string): boolean => steps.some((step) => step.op === op);
  if (uses('kvm_create_vm')) return 'guest_memfd';
  return uses('memfd_secret') && !uses('memfd_create') ? 'memfd_secret' : 'memfd';
}

/** The questions of a recording, so that another kernel can be asked them. */
export function questionsOf(steps: Trace['steps']): Question[] {
  return steps.map(({ op, args, note, child }) => ({
    op,
    args,
    ...(note === undefined ? {} : { note }),
    ...(child === undefined ? {} : { child: questionsOf(child) }),
  }));
}
