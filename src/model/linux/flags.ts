/** Flag words as text: `MFD_ALLOW_SEALING`, `PROT_READ|PROT_WRITE`, `0x40`. */
import * as c from './constants.ts';
import type { Kernel } from './kernel.ts';

type Table = readonly (readonly [name: string, bit: number])[];

const table = (prefix: string, names: readonly string[]): Table =>
  names.map((name) => [prefix + name, (c as Record<string, unknown>)[prefix + name] as number]);

export const MFD_FLAGS = table('MFD_', ['CLOEXEC', 'ALLOW_SEALING', 'HUGETLB', 'NOEXEC_SEAL', 'EXEC']);
export const SEALS = table('F_SEAL_', ['SEAL', 'SHRINK', 'GROW', 'WRITE', 'FUTURE_WRITE', 'EXEC']);
/** The seals by the names of a kernel: those of an unmerged series come first. */
export const sealNames = (kernel?: Kernel): Table => [...(kernel?.extension?.seals ?? []), ...SEALS];
export const memfdFlagNames = (kernel?: Kernel): Table => [...(kernel?.extension?.memfd_flags ?? []), ...MFD_FLAGS];
export const PROT = table('PROT_', ['READ', 'WRITE', 'EXEC']);
export const MAP = table('MAP_', ['SHARED', 'PRIVATE', 'FIXED', 'ANONYMOUS', 'LOCKED', 'NORESERVE', 'POPULATE']);
export const FALLOC = table('FALLOC_FL_', [
  'KEEP_SIZE',
  'PUNCH_HOLE',
  'COLLAPSE_RANGE',
  'ZERO_RANGE',
  'INSERT_RANGE',
  'UNSHARE_RANGE',
  'WRITE_ZEROES',
]);
const OPEN = table('O_', ['APPEND', 'TRUNC', 'CLOEXEC']);
const ACCESS = ['O_RDONLY', 'O_WRONLY', 'O_RDWR'];
const ADVICE: Record<number, string> = Object.fromEntries(
  ['NORMAL', 'DONTNEED', 'REMOVE', 'HUGEPAGE', 'NOHUGEPAGE', 'POPULATE_READ', 'POPULATE_WRITE', 'COLLAPSE'].map(
    (name) => [(c as Record<string, unknown>)[`MADV_${name}`], `MADV_${name}`],
  ),
);
const WHENCE = ['SEEK_SET', 'SEEK_CUR', 'SEEK_END', 'SEEK_DATA', 'SEEK_HOLE'];

/** The names of the bits that are set; `none` when no bit is. */
export function flagText(value: number, names: Table, none = '0'): string {
  const found: string[] = [];
  let rest = value >>> 0;
  for (const [name, bit] of names) {
    if ((rest & bit) === 0 || bit === 0) continue;
    found.push(name);
    rest = (rest & ~bit) >>> 0;
  }
  if (rest !== 0) found.push(`0x${rest.toString(16)}`);
  return found.length === 0 ? none : found.join('|');
}

export const openText = (flags: number): string => {
  const rest = flags & ~c.O_ACCMODE;
  const access = ACCESS[flags & c.O_ACCMODE] ?? String(flags & c.O_ACCMODE);
  return rest === 0 ? access : `${access}|${flagText(rest, OPEN)}`;
};
export const adviceText = (advice: number): string => ADVICE[advice] ?? String(advice);
export const whenceText = (whence: number): string => WHENCE[whence] ?? String(whence);
export const commandText = (command: number): string =>
  ({
    0: 'F_DUPFD',
    1: 'F_GETFD',
    2: 'F_SETFD',
    3: 'F_GETFL',
    1030: 'F_DUPFD_CLOEXEC',
    1033: 'F_ADD_SEALS',
    1034: 'F_GET_SEALS',
  })[command] ?? String(command);
