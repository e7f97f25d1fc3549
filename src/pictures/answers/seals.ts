/**
 * Every operation on a memfd under every single seal: a file of two pages, `41×4096 42×4096`, as in the recordings
 * matrix-*, which the test beside this file holds it against.
 */
import {
  at,
  F_ADD_SEALS,
  F_GET_SEALS,
  F_SEAL_EXEC,
  F_SEAL_FUTURE_WRITE,
  F_SEAL_GROW,
  F_SEAL_SEAL,
  F_SEAL_SHRINK,
  F_SEAL_WRITE,
  FALLOC_FL_KEEP_SIZE,
  FALLOC_FL_PUNCH_HOLE,
  type Kernel,
  MADV_REMOVE,
  MAP_PRIVATE,
  MAP_SHARED,
  MFD_ALLOW_SEALING,
  O_RDWR,
  O_TRUNC,
  PAGE,
  PROT_READ,
  PROT_WRITE,
  type Process,
  type Result,
} from '../../model/index.ts';
import { answers, type Column, type Group, made, type Row, type Stage, type Table } from './table.ts';

const SIZE = 2 * PAGE;
const READ_WRITE = PROT_READ | PROT_WRITE;
const PUNCH = FALLOC_FL_PUNCH_HOLE | FALLOC_FL_KEEP_SIZE;

/** Two pages of 0x41 and 0x42, with the execute bits of a new memfd or without any. */
function twoPages(process: Process, executable = true): number {
  const fd = made(process.memfd_create('file', MFD_ALLOW_SEALING));
  process.ftruncate(fd, SIZE);
  process.pwrite(fd, new Uint8Array(PAGE).fill(0x41), 0);
  process.pwrite(fd, new Uint8Array(PAGE).fill(0x42), PAGE);
  if (!executable) process.fchmod(fd, 0o666);
  return fd;
}

function sealed(label: string, seal: number, note?: string, executable = true): Column {
  return {
    label,
    ...(note === undefined ? {} : { note }),
    make: (process) => twoPages(process, executable),
    seal: ({ process, fd }) => process.fcntl(fd, F_ADD_SEALS, seal),
  };
}

const COLUMNS: readonly Column[] = [
  { label: 'no seal', make: twoPages },
  sealed('SEAL', F_SEAL_SEAL),
  sealed('SHRINK', F_SEAL_SHRINK),
  sealed('GROW', F_SEAL_GROW),
  sealed('WRITE', F_SEAL_WRITE),
  sealed('FUTURE_WRITE', F_SEAL_FUTURE_WRITE),
  sealed('EXEC', F_SEAL_EXEC, 'file without execute bits', false),
  sealed('EXEC', F_SEAL_EXEC, 'executable file'),
];

const row = (label: string, run: Row['run'], before?: Row['before']): Row =>
  before === undefined ? { label, run } : { label, before, run };

const bytes = (count: number): Uint8Array => new Uint8Array(count).fill(0x61);
const map =
  (prot: number, flags: number) =>
  ({ process, fd }: Stage): Result =>
    process.mmap(0, SIZE, prot, flags, fd, 0);
const source = (process: Process): number => twoPages(process);

const WRITING: Group = {
  title: 'Writing by call',
  rows: [
    row('pwrite: 16 bytes inside the file', ({ process, fd }) => process.pwrite(fd, bytes(16), 0)),
    row('pwrite: 8 bytes, 4 of them behind the end', ({ process, fd }) => process.pwrite(fd, bytes(8), SIZE - 4)),
    row('pwrite: 16 bytes at the end', ({ process, fd }) => process.pwrite(fd, bytes(16), SIZE)),
    row('pwrite: no bytes', ({ process, fd }) => process.pwrite(fd, bytes(0), 100)),
    row('sendfile: 8 bytes into the file', ({ process, fd }) => process.sendfile(fd, source(process), 0, 8)),
    row('copy_file_range: 8 bytes into the file', ({ process, fd }) =>
      process.copy_file_range(source(process), 0, fd, 0, 8),
    ),
  ],
};

const SIZING: Group = {
  title: 'Size and pages',
  rows: [
    row('ftruncate: one page', ({ process, fd }) => process.ftruncate(fd, PAGE)),
    row('ftruncate: the same size', ({ process, fd }) => process.ftruncate(fd, SIZE)),
    row('ftruncate: three pages', ({ process, fd }) => process.ftruncate(fd, 3 * PAGE)),
    row('open with O_TRUNC', ({ process, fd }) => {
      const opened = process.open(`/proc/self/fd/${fd}`, O_RDWR | O_TRUNC);
      return typeof opened === 'number' ? 'ok' : opened;
    }),
    row('fallocate: inside the file', ({ process, fd }) => process.fallocate(fd, 0, 0, PAGE)),
    row('fallocate: behind the end', ({ process, fd }) => process.fallocate(fd, 0, SIZE, PAGE)),
    row('fallocate KEEP_SIZE: behind the end', ({ process, fd }) =>
      process.fallocate(fd, FALLOC_FL_KEEP_SIZE, SIZE, PAGE),
    ),
    row('fallocate PUNCH_HOLE: the first page', ({ process, fd }) => process.fallocate(fd, PUNCH, 0, PAGE)),
    row('fallocate PUNCH_HOLE: behind the end', ({ process, fd }) => process.fallocate(fd, PUNCH, 10 * PAGE, PAGE)),
  ],
};

const MAPPING: Group = {
  title: 'Mappings made after the seal',
  rows: [
    row('mmap: shared, read and write', map(READ_WRITE, MAP_SHARED)),
    row('mmap: shared, read', map(PROT_READ, MAP_SHARED)),
    row('mprotect: that one to read and write', (stage) =>
      stage.process.mprotect(map(PROT_READ, MAP_SHARED)(stage), SIZE, READ_WRITE),
    ),
    row('mmap: private, read and write', map(READ_WRITE, MAP_PRIVATE)),
    row('store through that one', (stage) => stage.process.store(map(READ_WRITE, MAP_PRIVATE)(stage), 0x70)),
  ],
};

const OLDER: Group = {
  title: 'A shared, writable mapping made before the seal',
  rows: [
    row('store through it', ({ process }, old) => process.store(old as Result, 0x70), map(READ_WRITE, MAP_SHARED)),
    row(
      'mprotect: to read, and back to write',
      ({ process }, old) => {
        process.mprotect(old as Result, SIZE, PROT_READ);
        return process.mprotect(old as Result, SIZE, READ_WRITE);
      },
      map(READ_WRITE, MAP_SHARED),
    ),
    row(
      'madvise MADV_REMOVE: its first page',
      ({ process }, old) => process.madvise(at(old as Result, 0), PAGE, MADV_REMOVE),
      map(READ_WRITE, MAP_SHARED),
    ),
  ],
};

/** The permission bits of the file, without its type. */
function mode({ process, fd }: Stage): number {
  const stat = process.fstat(fd);
  return 'st_mode' in stat ? stat.st_mode & 0o777 : 0;
}

const REST: Group = {
  title: 'Mode, seals, reading',
  rows: [
    row('fchmod: that changes the execute bits', (stage) => stage.process.fchmod(stage.fd, mode(stage) ^ 0o111)),
    row('fchmod: that keeps them', (stage) => stage.process.fchmod(stage.fd, mode(stage) & 0o711)),
    row('F_ADD_SEALS: GROW', ({ process, fd }) => process.fcntl(fd, F_ADD_SEALS, F_SEAL_GROW)),
    row('F_ADD_SEALS: no seal at all', ({ process, fd }) => process.fcntl(fd, F_ADD_SEALS, 0)),
    row('F_GET_SEALS', ({ process, fd }) => `0x${process.fcntl(fd, F_GET_SEALS).toString(16).padStart(2, '0')}`),
    row('pread: 16 bytes', ({ process, fd }) => process.pread(fd, new Uint8Array(16), 0)),
  ],
};

/** The table of operation by seal, for a kernel. */
export function sealTable(kernel: Kernel): Table {
  return answers(kernel, COLUMNS, [WRITING, SIZING, MAPPING, OLDER, REST]);
}
