/** What memfd_create makes of each flag: recordings create-flags and create-without-allow-sealing. */
import {
  F_GET_SEALS,
  Host,
  type Kernel,
  MFD_ALLOW_SEALING,
  MFD_EXEC,
  MFD_HUGE_2MB,
  MFD_NOEXEC_SEAL,
} from '../../model/index.ts';
import { facts, type Table } from './table.ts';

const FLAGS: readonly (readonly [label: string, flags: number])[] = [
  ['0', 0],
  ['MFD_ALLOW_SEALING', MFD_ALLOW_SEALING],
  ['MFD_EXEC', MFD_EXEC],
  ['MFD_EXEC, MFD_ALLOW_SEALING', MFD_EXEC | MFD_ALLOW_SEALING],
  ['MFD_NOEXEC_SEAL', MFD_NOEXEC_SEAL],
  ['MFD_EXEC, MFD_NOEXEC_SEAL', MFD_EXEC | MFD_NOEXEC_SEAL],
  ['an unknown bit, 0x20', 0x20],
  ['MFD_HUGE_2MB without MFD_HUGETLB', MFD_HUGE_2MB],
];

const SEALS = ['SEAL', 'SHRINK', 'GROW', 'WRITE', 'FUTURE_WRITE', 'EXEC'];

/** The names of a set of seals. */
function names(mask: unknown): string {
  const set = SEALS.filter((_name, bit) => typeof mask === 'number' && (mask & (1 << bit)) !== 0);
  return set.length === 0 ? 'none' : set.join(', ');
}

/** The table of flags, for a kernel whose vm.memfd_noexec is 0. */
export function createTable(kernel: Kernel): Table {
  const rows = FLAGS.map(([label, flags]) => {
    const process = new Host(kernel).process('process');
    const fd = process.memfd_create('file', flags);
    const stat = process.fstat(fd);
    if (typeof fd !== 'number' || !('st_mode' in stat)) return { label, values: [fd, '', ''] };
    const mode = (stat.st_mode & 0o777).toString(8).padStart(4, '0');
    return { label, values: ['ok', mode, names(process.fcntl(fd, F_GET_SEALS))] };
  });
  return facts(['answer', 'mode', 'seals'], 'memfd_create with', rows);
}
