/** What memfd_create makes under each value of vm.memfd_noexec. */
import { F_GET_SEALS, type Kernel, MFD_EXEC, MFD_NOEXEC_SEAL, type Process } from '../../model/index.ts';
import { answers, type Column, type Group, type Table } from './table.ts';

const FLAGS: readonly (readonly [label: string, flags: number])[] = [
  ['neither flag', 0],
  ['MFD_NOEXEC_SEAL', MFD_NOEXEC_SEAL],
  ['MFD_EXEC', MFD_EXEC],
];

/** A new memfd in a few words, or the errno. */
function create(process: Process, flags: number): unknown {
  const fd = process.memfd_create('file', flags);
  if (typeof fd !== 'number') return fd;
  const stat = process.fstat(fd);
  const mode = 'st_mode' in stat ? (stat.st_mode & 0o777).toString(8).padStart(4, '0') : '';
  return `mode ${mode}, seals 0x${process.fcntl(fd, F_GET_SEALS).toString(16).padStart(2, '0')}`;
}

const COLUMNS: readonly Column[] = [0, 1, 2].map((value) => ({
  label: String(value),
  make: (process) => {
    process.sysctl('vm.memfd_noexec', value);
    return 0;
  },
}));

const GROUP: Group = {
  title: 'memfd_create with',
  rows: FLAGS.map(([label, flags]) => ({ label, run: ({ process }) => create(process, flags) })),
};

/** The table of flags by value, for a kernel. */
export function noexecTable(kernel: Kernel): Table {
  return answers(kernel, COLUMNS, [GROUP]);
}
