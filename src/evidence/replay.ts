/**
 * Replays one recording against the model and compares every field that was recorded: return value, bytes, loaded value,
 * stat, error, signal and its code, and size and seals of the file after the step; children step by step.
 */
import { Errno, Host, type Kernel, linux, type Ownership, type ProcessOptions, Signal } from '../model/index.ts';
import { KVM_OPERATIONS } from './kvm-operations.ts';
import { Machine, NoHandle } from './machine.ts';
import { OPERATIONS, type Outcome } from './operations.ts';
import { type Answer, checkShape, type Step, type Trace } from './trace.ts';

/** Answers as flat text, field by field: `ret`, `data`, `stat.size`, `post.seals`. */
export type Fields = Readonly<Record<string, string>>;

export interface Difference {
  readonly field: string;
  readonly expected: string;
  readonly found: string;
}

/** One step, both answers side by side. */
export interface StepReport {
  /** `4`, or `4.2` for the second step of the child in step 4. Counted from 1. */
  readonly number: string;
  readonly op: string;
  readonly args: Readonly<Record<string, unknown>>;
  readonly note?: string;
  readonly expected: Fields;
  readonly found: Fields;
  /** Why the model refused, where it did. */
  readonly why?: string;
  /** Who owns the pages of the files that the step touched, after it, in the model. */
  readonly owners: readonly Ownership[];
  readonly differences: readonly Difference[];
  readonly child?: readonly StepReport[];
}

export interface TraceReport {
  readonly name: string;
  readonly steps: readonly StepReport[];
  /** Steps, those of children included. */
  readonly count: number;
  /** Fields compared. */
  readonly fields: number;
  readonly failed: boolean;
}

/** The recording machine's KVM offers one VM type, without private memory (content/evidence/guest_memfd/README.md). */
const RECORDING_MACHINE = { vm_types: [0] };

/** Replays a trace on the kernel that it names, or on another one (to show that a difference is noticed). */
export function replay(trace: Trace, kernel: Kernel = linux(trace.kernel), as: ProcessOptions = {}): TraceReport {
  checkShape(trace);
  const host = new Host(kernel, RECORDING_MACHINE);
  const steps = runSteps(new Machine(host.process('recorder', as)), trace.steps, '');
  const all = flatten(steps);
  return {
    name: trace.name,
    steps,
    count: all.length,
    fields: all.reduce((sum, step) => sum + Object.keys(step.expected).length, 0),
    failed: all.some((step) => step.differences.length > 0),
  };
}

/** All steps, those of children behind the step that made the child. */
export function flatten(steps: readonly StepReport[]): StepReport[] {
  return steps.flatMap((step) => [step, ...flatten(step.child ?? [])]);
}

function runSteps(machine: Machine, steps: readonly Step[], prefix: string): StepReport[] {
  return steps.map((step, index) => runStep(machine, step, `${prefix}${index + 1}`));
}

function runStep(machine: Machine, step: Step, number: string): StepReport {
  const { events } = machine.process.host.trace;
  const before = events.length;
  let child: StepReport[] | undefined;
  let outcome: Outcome | NoHandle;
  if (step.op === 'fork_child' || step.op === 'new_pidns_child') {
    const forked = machine.fork(step.op === 'new_pidns_child');
    child = runSteps(forked, step.child ?? [], `${number}.`);
    forked.exit(machine.process);
    outcome = { ret: 0 };
  } else {
    outcome = operate(machine, step);
  }
  const expected = { ...recorded(step.result), ...recordedPost(step) };
  const found = { ...answered(outcome), ...post(machine, step) };
  const why = outcome instanceof Errno || outcome instanceof Signal ? outcome.why : undefined;
  return {
    number,
    op: step.op,
    args: visibleArgs(step.args),
    ...(step.note === undefined ? {} : { note: step.note }),
    expected,
    found,
    ...(why === undefined ? {} : { why }),
    owners: events.slice(before).findLast(({ owners }) => owners.length > 0)?.owners ?? [],
    differences: compare(expected, found),
    ...(child === undefined ? {} : { child }),
  };
}

function operate(machine: Machine, step: Step): Outcome | NoHandle {
  const operation = OPERATIONS[step.op] ?? KVM_OPERATIONS[step.op];
  if (operation === undefined) throw new Error(`no model of the operation '${step.op}'`);
  try {
    return operation(machine, step.args);
  } catch (error) {
    if (error instanceof NoHandle) return error;
    throw error;
  }
}

/** Keys that end in `_text` repeat a number in words. */
function visibleArgs(args: Readonly<Record<string, unknown>>): Record<string, unknown> {
  return Object.fromEntries(Object.entries(args).filter(([key]) => !key.endsWith('_text')));
}

const runText = (runs: readonly (readonly [number, number])[]): string =>
  runs.length === 0 ? 'no bytes' : runs.map(([byte, count]) => `${byte}×${count}`).join(' ');

/** The recorded answer, flat. */
function recorded(answer: Answer): Fields {
  if (!answer.ok) {
    const code = answer.si_code === undefined ? {} : { si_code: answer.si_code };
    return { result: answer.errno ?? answer.signal ?? 'refused', ...code };
  }
  const fields: Record<string, string> = { result: 'ok' };
  if (answer.ret !== undefined) fields['ret'] = String(answer.ret);
  if (answer.value !== undefined) fields['value'] = String(answer.value);
  if (answer.data !== undefined) fields['data'] = runText(answer.data);
  for (const [key, value] of Object.entries(answer.stat ?? {})) fields[`stat.${key}`] = String(value);
  return fields;
}

function recordedPost(step: Step): Fields {
  if (step.post === undefined) return {};
  const { fd, size, seals } = step.post;
  return { 'post.fd': fd, 'post.size': String(size), 'post.seals': String(seals) };
}

/** The model's answer, flat. */
function answered(outcome: Outcome | NoHandle): Fields {
  if (outcome instanceof NoHandle) return { result: outcome.message };
  if (outcome instanceof Errno) return { result: outcome.name };
  if (outcome instanceof Signal) return { result: outcome.name, si_code: outcome.code };
  if (!('ret' in outcome)) return { result: outcome.toString() };
  const fields: Record<string, string> = { result: 'ok', ret: String(outcome.ret) };
  if (outcome.value !== undefined) fields['value'] = String(outcome.value);
  if (outcome.data !== undefined) fields['data'] = runText(runs(outcome.data));
  for (const [key, value] of Object.entries(outcome.stat ?? {})) fields[`stat.${key}`] = String(value);
  return fields;
}

function runs(data: Uint8Array): [number, number][] {
  const found: [number, number][] = [];
  for (const byte of data) {
    const last = found.at(-1);
    if (last !== undefined && last[0] === byte) last[1]++;
    else found.push([byte, 1]);
  }
  return found;
}

/** Size and seals of the file behind the step's descriptor, as the model has them now. */
function post(machine: Machine, step: Step): Fields {
  const { fd, out } = step.args;
  const name = typeof fd === 'string' && machine.fds.has(fd) ? fd : out;
  const number = typeof name === 'string' ? machine.fds.get(name) : undefined;
  const file = number === undefined ? undefined : machine.process.files.get(number)?.file;
  if (file === undefined) return {};
  const { size, seals } = file.inode;
  return { 'post.fd': String(name), 'post.size': String(size), 'post.seals': String(seals) };
}

/** Every recorded field must be there and equal. */
function compare(expected: Fields, found: Fields): Difference[] {
  return Object.entries(expected)
    .filter(([field, value]) => found[field] !== value)
    .map(([field, value]) => ({ field, expected: value, found: found[field] ?? 'nothing' }));
}
