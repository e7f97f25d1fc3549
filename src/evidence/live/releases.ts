/**
 * Which rules the model answers by for a running kernel, and which differences are known. One list each, with reasons:
 * nothing is left out of the comparison in silence.
 */
import { type Kernel, linux } from '../../model/index.ts';
import type { StepReport } from '../replay.ts';
import type { Step } from '../trace.ts';

export interface ReleaseRules {
  /** Releases `x.y.z` that begin so. */
  readonly series: string;
  /** The version whose rules answer for them. */
  readonly version: string;
  readonly because: string;
}

export const RELEASES: readonly ReleaseRules[] = [
  {
    series: '6.18.',
    version: '6.18.44',
    because: 'Its answers were recorded; updates of the same series are held against the same rules.',
  },
  {
    series: '6.12.',
    version: '6.12.117',
    because: 'Its source was read; updates of the same series are held against the same rules.',
  },
  {
    series: '7.3.',
    version: '7.3.4',
    because: 'Its source was read; updates of the same series are held against the same rules.',
  },
];

/** The rules for a release, or undefined where no kernel of its series was run or read. */
export function rulesFor(release: string): { readonly kernel: Kernel; readonly rules: ReleaseRules } | undefined {
  const rules = RELEASES.find(({ series }) => release.startsWith(series));
  return rules === undefined ? undefined : { kernel: linux(rules.version), rules };
}

/** An answer that is known to differ, and why. */
export interface KnownDifference {
  readonly id: string;
  /** Releases for which it holds: a beginning, or every release. */
  readonly releases: string | 'all';
  readonly because: string;
  applies(step: StepReport, before: readonly Step[]): boolean;
}

const WRITE_ONLY = 2;

export const KNOWN: readonly KnownDifference[] = [
  {
    id: 'pin of a write-only mapping',
    releases: 'all',
    because:
      'The fast path of get_user_pages takes a page that is already in the page table without asking for PROT_READ. The model has no page tables and answers EFAULT.',
    applies: (step, before) =>
      step.op === 'pin_pages' &&
      step.differences.every(({ found }) => found === 'EFAULT' || found === 'nothing') &&
      all(before).some(
        ({ op, args }) => (op === 'mmap' || op === 'mprotect' || op === 'mmap_anon') && args['prot'] === WRITE_ONLY,
      ),
  },
  {
    id: 'copy within one page',
    releases: 'all',
    because:
      'A copy from a file to itself may overlap inside one page. What the processor then reads, old bytes or bytes just written, follows from how its copy instruction goes; the model copies the old bytes.',
    applies: (step, before) =>
      step.differences.every(({ field }) => field === 'data' || field === 'value') && copiesToItself(all(before)),
  },
];

const COPIES = new Set(['sendfile', 'copy_file_range', 'write_from_map', 'pread_into_map']);

/** True when a step copied from a file to the same file, whatever descriptor or mapping it named. */
function copiesToItself(steps: readonly Step[]): boolean {
  const origin = new Map<unknown, unknown>();
  const of = (name: unknown): unknown => origin.get(name) ?? name;
  return steps.some(({ op, args }) => {
    if (args['out'] !== undefined && args['fd'] !== undefined) origin.set(args['out'], of(args['fd']));
    return COPIES.has(op) && of(args['fd']) === of(args['from_fd'] ?? args['map']);
  });
}

const all = (steps: readonly Step[]): Step[] => steps.flatMap((step) => [step, ...all(step.child ?? [])]);

/** The known difference that explains a step which disagrees. */
export function known(release: string, step: StepReport, steps: readonly Step[]): KnownDifference | undefined {
  return KNOWN.find((one) => (one.releases === 'all' || release.startsWith(one.releases)) && one.applies(step, steps));
}
