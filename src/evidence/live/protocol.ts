/**
 * The lines that the helper reads and writes: steps of a recording become lines, its answers become results of a recording.
 * Names become numbered slots on the way. Each step is `(op, fields in the order of the line)`; the helper reads the same order.
 */
import { constants } from 'node:os';
import {
  MADV_COLLAPSE,
  MADV_DONTNEED,
  MADV_HUGEPAGE,
  MADV_NORMAL,
  MADV_POPULATE_READ,
  MADV_POPULATE_WRITE,
  MADV_REMOVE,
  O_APPEND,
  O_RDONLY,
  O_RDWR,
  O_TRUNC,
  O_WRONLY,
} from '../../model/index.ts';
import type { Answer, Int, Step } from '../trace.ts';

/** A step that nobody has answered yet. */
export type Question = Omit<Step, 'result' | 'post' | 'child'> & { readonly child?: readonly Question[] };

/** What stands at one place of a line. */
type Field =
  | { readonly slot: 'fd' | 'map' | 'pin'; readonly key: string }
  | { readonly number: string; readonly otherwise?: Int | '*' }
  | { readonly text: string }
  | { readonly word: string; readonly among: Readonly<Record<string, number>> }
  | { readonly octal: string }
  | { readonly address: true }
  | { readonly descriptor: string }
  | { readonly vm: true };

const fd = (key = 'fd'): Field => ({ slot: 'fd', key });
const map: Field = { slot: 'map', key: 'map' };
const out = (slot: 'fd' | 'map' | 'pin' = 'fd'): Field => ({ slot, key: 'out' });
const number = (key: string, otherwise?: Int | '*'): Field =>
  otherwise === undefined ? { number: key } : { number: key, otherwise };
const range: readonly Field[] = [map, number('offset', 0), number('length', '*')];

const ACCESS: Readonly<Record<string, number>> = {
  O_RDONLY,
  O_WRONLY,
  O_RDWR,
  'O_RDWR|O_APPEND': O_RDWR | O_APPEND,
  'O_RDWR|O_TRUNC': O_RDWR | O_TRUNC,
  'O_RDONLY|O_TRUNC': O_RDONLY | O_TRUNC,
};
const ADVICE: Readonly<Record<string, number>> = {
  MADV_NORMAL,
  MADV_DONTNEED,
  MADV_REMOVE,
  MADV_HUGEPAGE,
  MADV_POPULATE_READ,
  MADV_POPULATE_WRITE,
  MADV_COLLAPSE,
};
/** KVM_CAP_ numbers (include/uapi/linux/kvm.h, Linux 6.18). */
const CAPABILITIES: Readonly<Record<string, number>> = {
  KVM_CAP_NR_MEMSLOTS: 10,
  KVM_CAP_READONLY_MEM: 81,
  KVM_CAP_MULTI_ADDRESS_SPACE: 118,
  KVM_CAP_USER_MEMORY2: 231,
  KVM_CAP_MEMORY_FAULT_INFO: 232,
  KVM_CAP_MEMORY_ATTRIBUTES: 233,
  KVM_CAP_GUEST_MEMFD: 234,
  KVM_CAP_VM_TYPES: 235,
  KVM_CAP_PRE_FAULT_MEMORY: 236,
  KVM_CAP_GUEST_MEMFD_FLAGS: 244,
};

const region: readonly Field[] = [
  fd('vm'),
  number('slot'),
  number('flags'),
  number('gpa'),
  number('size'),
  { address: true },
];

const FORMS: Readonly<Record<string, readonly Field[]>> = {
  memfd_create: [{ text: 'name' }, number('flags'), out()],
  memfd_secret: [number('flags'), out()],
  open_tmpfs_file: [out()],
  open_disk_file: [out()],
  dup: [fd(), out()],
  reopen: [fd(), { word: 'access', among: ACCESS }, out()],
  close: [fd()],
  fcntl_add_seals: [fd(), number('seals')],
  fcntl_get_seals: [fd()],
  fcntl_getfd: [fd()],
  fcntl_getfl_access: [fd()],
  same_inode: [fd(), fd('from_fd')],
  ftruncate: [fd(), number('length')],
  fallocate: [fd(), number('mode'), number('offset'), number('len')],
  pwrite: [fd(), number('offset'), number('len'), number('byte')],
  pread: [fd(), number('offset'), number('len')],
  write: [fd(), number('len'), number('byte')],
  read: [fd(), number('len')],
  lseek: [fd(), number('offset'), number('whence')],
  fstat: [fd()],
  fchmod: [fd(), { octal: 'mode' }],
  sendfile: [fd(), fd('from_fd'), number('in_offset'), number('len')],
  copy_file_range: [fd(), fd('from_fd'), number('in_offset'), number('out_offset'), number('len')],
  mmap: [fd(), number('length'), number('prot'), number('flags'), number('offset'), out('map')],
  mmap_anon: [number('length'), number('prot'), out('map')],
  munmap: range,
  mprotect: [...range, number('prot')],
  madvise: [...range, { word: 'advice', among: ADVICE }],
  mlock: range,
  load: [map, number('offset')],
  store: [map, number('offset'), number('byte', 0)],
  pin_pages: [...range, out('pin')],
  unpin_pages: [{ slot: 'pin', key: 'pin' }],
  process_vm_readv_self: range,
  write_from_map: [fd(), ...range, number('file_offset')],
  pread_into_map: [fd(), ...range, number('file_offset')],
  become_unprivileged: [number('memlock')],
  sysctl_memfd_noexec_get: [],
  sysctl_memfd_noexec_set: [number('value')],
  kvm_check_extension: [{ vm: true }, { word: 'cap', among: CAPABILITIES }],
  kvm_create_vm: [number('type'), out()],
  kvm_create_guest_memfd: [fd('vm'), number('size'), number('flags'), number('reserved', 0), out()],
  kvm_set_user_memory_region: region,
  kvm_set_user_memory_region2: [...region, number('offset', 0), { descriptor: 'gmem_fd' }],
  kvm_set_memory_attributes: [fd('vm'), number('address'), number('size'), number('attributes'), number('flags', 0)],
};

/** Operations that leave no descriptor whose size and seals are worth a look: a virtual machine is not a file. */
const WITHOUT_POST = new Set(['kvm_create_vm']);
const PARENTS = new Set(['fork_child', 'new_pidns_child']);

/** Names as slot numbers, for one sequence. */
class Slots {
  readonly #numbers = { fd: new Map<string, number>(), map: new Map<string, number>(), pin: new Map<string, number>() };

  of(slot: 'fd' | 'map' | 'pin', name: unknown): number {
    const numbers = this.#numbers[slot];
    const found = numbers.get(String(name));
    if (found !== undefined) return found;
    numbers.set(String(name), numbers.size);
    return numbers.size - 1;
  }
}

/** The lines of a sequence, one per step, those of children between their parent's line and `end`. */
export function encode(steps: readonly Question[]): string {
  const slots = new Slots();
  const lines = (all: readonly Question[]): string[] =>
    all.flatMap((step) => {
      if (PARENTS.has(step.op)) return [step.op, ...lines(step.child ?? []), 'end'];
      return [encodeStep(step, slots)];
    });
  return `${lines(steps).join('\n')}\n`;
}

function encodeStep(step: Question, slots: Slots): string {
  const form = FORMS[step.op];
  if (form === undefined) throw new Error(`the live comparison does not know the operation '${step.op}'`);
  const post = postNames(step, form).map((name) => (name === undefined ? -1 : slots.of('fd', name)));
  return [...post, step.op, ...form.map((field) => encodeField(field, step.args, slots))].join(' ');
}

/** The two names whose file is looked at after the step: the first that is a descriptor counts. */
function postNames(step: Question, form: readonly Field[]): [first: string | undefined, second: string | undefined] {
  if (WITHOUT_POST.has(step.op)) return [undefined, undefined];
  const { fd: first, out: second } = step.args;
  const made = form.some((field) => 'slot' in field && field.slot === 'fd' && field.key === 'out');
  return [typeof first === 'string' ? first : undefined, made && typeof second === 'string' ? second : undefined];
}

function encodeField(field: Field, args: Question['args'], slots: Slots): string {
  if ('slot' in field) return String(slots.of(field.slot, args[field.key]));
  if ('number' in field) return whole(args[field.number] ?? field.otherwise, field.number);
  // The helper drops the first character, so that an empty name is a word too.
  if ('text' in field) return `n${String(args[field.text] ?? 't')}`;
  if ('octal' in field) return String(Number.parseInt(String(args[field.octal]), 8));
  if ('vm' in field) return args['vm'] === undefined ? '-1' : String(slots.of('fd', args['vm']));
  if ('descriptor' in field) {
    const named = args[field.descriptor] ?? -1;
    return typeof named === 'string' ? `1 ${slots.of('fd', named)}` : `0 ${whole(named, field.descriptor)}`;
  }
  if ('address' in field) {
    const named = args['userspace_addr_map'];
    return named === undefined || named === null
      ? `-1 ${whole(args['userspace_addr'] ?? 0, 'userspace_addr')}`
      : `${slots.of('map', named)} ${whole(args['userspace_addr_offset'] ?? 0, 'userspace_addr_offset')}`;
  }
  const value = field.among[String(args[field.word])];
  if (value === undefined) throw new Error(`'${String(args[field.word])}' is not known to the live comparison`);
  return String(value);
}

function whole(value: unknown, key: string): string {
  if (value === '*') return '*';
  if (typeof value !== 'number' && typeof value !== 'string') throw new Error(`the argument '${key}' is missing`);
  return String(BigInt(value));
}

/** The answer to one step is not there: the step was left out, and why. */
export type LeftOut = 'no handle' | 'unsafe';

export interface Decoded {
  readonly steps: readonly Step[];
  readonly leftOut: readonly LeftOut[];
}

/** The process that made the calls ended before it had made them all. */
export class HelperDied extends Error {
  override readonly name = 'HelperDied';
}

/** Puts the helper's answers beside the steps; steps that were not made are left out. */
export function decode(questions: readonly Question[], lines: readonly string[]): Decoded {
  const leftOut: LeftOut[] = [];
  let at = 0;
  const take = (): string => {
    const line = lines[at++];
    if (line === undefined || line.startsWith('died'))
      throw new HelperDied(`the sequence ended early: ${line ?? 'no answer'}`);
    return line;
  };
  const walk = (all: readonly Question[]): Step[] =>
    all.flatMap((question): Step[] => {
      if (PARENTS.has(question.op)) {
        const child = walk(question.child ?? []);
        const ended = take();
        if (ended !== 'ended') throw new HelperDied(`a child answered '${ended}' instead of ending`);
        return [{ ...question, child, result: { ok: true, ret: 0 } }];
      }
      const line = take();
      if (line === 'none' || line === 'unsafe') {
        leftOut.push(line === 'none' ? 'no handle' : 'unsafe');
        return [];
      }
      return [decodeStep(question, line)];
    });
  const steps = walk(questions);
  if (at !== lines.length) throw new HelperDied(`${lines.length - at} answers too many: ${lines[at]}`);
  return { steps, leftOut };
}

function decodeStep(question: Question, line: string): Step {
  const words = line.split(' ');
  const postAt = words.indexOf('post');
  const [which, size, seals] = postAt < 0 ? [] : words.slice(postAt + 1);
  const result = decodeAnswer(postAt < 0 ? words : words.slice(0, postAt));
  const { child: _, ...rest } = question;
  if (size === undefined) return { ...rest, result };
  const name = which === '0' ? question.args['fd'] : question.args['out'];
  const post = { fd: String(name), size: int(size), seals: Number(seals) < 0 ? null : Number(seals) };
  return { ...rest, result, post };
}

function decodeAnswer(words: readonly string[]): Answer {
  const [how, first = '0', second = '0'] = words;
  if (how === 'err') return { ok: false, errno: errnoName(Number(first)) };
  if (how === 'sig') return { ok: false, ...signal(Number(first), Number(second)) };
  if (how !== 'ok') throw new HelperDied(`an answer that nobody understands: ${words.join(' ')}`);
  const rest = words.slice(3);
  const ret = int(first);
  if (words[2] === 'value') return { ok: true, ret, value: Number(rest[0]) };
  if (words[2] === 'data') {
    const data: [number, number][] = [];
    for (let i = 0; i + 1 < rest.length; i += 2) data.push([Number(rest[i]), Number(rest[i + 1])]);
    return { ok: true, ret, data };
  }
  if (words[2] !== 'stat') return { ok: true, ret };
  const [size = '0', mode = '', kind, pages, blksize, nlink] = rest;
  return {
    ok: true,
    ret,
    stat: {
      size: int(size),
      mode: mode.padStart(4, '0'),
      kind,
      allocated_pages: Number(pages),
      blksize: Number(blksize),
      nlink: Number(nlink),
    },
  };
}

/** A number where JavaScript holds it exactly, else decimal text. */
export function int(value: string | bigint): Int {
  const exact = BigInt(value);
  return Number.isSafeInteger(Number(exact)) ? Number(exact) : String(exact);
}

/** Names that several numbers share, or that the C library does not have. */
const NAMES: Readonly<Record<number, string>> = { 11: 'EAGAIN', 95: 'EOPNOTSUPP', 524: 'ENOTSUPP' };

function errnoName(value: number): string {
  const named = Object.entries(constants.errno).find(([, found]) => found === value)?.[0];
  return NAMES[value] ?? named ?? `E${value}`;
}

const BUS = ['', 'BUS_ADRALN', 'BUS_ADRERR', 'BUS_OBJERR', 'BUS_MCEERR_AR'];
const SEGV = ['', 'SEGV_MAPERR', 'SEGV_ACCERR'];

function signal(value: number, code: number): { signal: string; si_code: string } {
  const bus = value === constants.signals.SIGBUS;
  if (!bus && value !== constants.signals.SIGSEGV) throw new HelperDied(`signal ${value}`);
  return { signal: bus ? 'SIGBUS' : 'SIGSEGV', si_code: (bus ? BUS : SEGV)[code] ?? String(code) };
}
