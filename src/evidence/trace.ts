/** A recording: system calls made on a real kernel, and every answer. Schema `guest-memory-oracle/1`. */

/** An integer; a string is a decimal integer outside the numbers that JavaScript holds exactly. */
export type Int = number | string;

export interface Trace {
  readonly schema: 'guest-memory-oracle/1';
  readonly name: string;
  readonly reason: string;
  readonly subsystem: 'memfd' | 'memfd_secret' | 'guest_memfd';
  readonly tags: readonly string[];
  /** The version of the kernel that answered. */
  readonly kernel: string;
  readonly page_size: number;
  readonly steps: readonly Step[];
}

export interface Step {
  readonly op: string;
  readonly args: Readonly<Record<string, unknown>>;
  readonly note?: string;
  /** Steps of a child process. */
  readonly child?: readonly Step[];
  readonly result: Answer;
  /** The file behind the descriptor, after the step. */
  readonly post?: { readonly fd: string; readonly size: Int; readonly seals: number | null };
}

/** What one step answered. */
export interface Answer {
  readonly ok: boolean;
  readonly ret?: Int;
  readonly ret_text?: string;
  readonly value?: number;
  /** Bytes, run-length coded. */
  readonly data?: readonly (readonly [byte: number, count: number])[];
  readonly stat?: Readonly<Record<string, unknown>>;
  readonly errno?: string;
  readonly signal?: string;
  readonly si_code?: string;
}

const ANSWER_FIELDS = new Set(['ok', 'ret', 'ret_text', 'value', 'data', 'stat', 'errno', 'signal', 'si_code']);
const STAT_FIELDS = new Set(['size', 'mode', 'kind', 'allocated_pages', 'blksize', 'nlink']);

/** Refuses what the replay would pass over in silence. */
export function checkShape(trace: Trace): void {
  if (trace.page_size !== 4096) throw new Error(`page size ${trace.page_size}; the model knows 4096`);
  if (!Array.isArray(trace.steps) || trace.steps.length === 0) throw new Error('a trace without steps proves nothing');
  trace.steps.forEach(checkStep);
}

function checkStep(step: Step): void {
  if (typeof step.result?.ok !== 'boolean') throw new Error(`step ${step.op} has no result`);
  for (const key of Object.keys(step.result)) {
    if (!ANSWER_FIELDS.has(key)) throw new Error(`step ${step.op} has a result field '${key}' that nothing compares`);
  }
  for (const key of Object.keys(step.result.stat ?? {})) {
    if (!STAT_FIELDS.has(key)) throw new Error(`step ${step.op} has a stat field '${key}' that nothing compares`);
  }
  step.child?.forEach(checkStep);
}
