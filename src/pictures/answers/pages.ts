/** How many pages a call leaves in a file of four, and what an access gives: recordings allocation-count, map-beyond-end. */
import {
  at,
  FALLOC_FL_KEEP_SIZE,
  FALLOC_FL_PUNCH_HOLE,
  Host,
  type Kernel,
  MADV_DONTNEED,
  MADV_REMOVE,
  MAP_PRIVATE,
  MAP_SHARED,
  PAGE,
  PROT_NONE,
  PROT_READ,
  PROT_WRITE,
  type Process,
  type Result,
} from '../../model/index.ts';
import { facts, made, type Table } from './table.ts';

const SIZE = 4 * PAGE;
const READ_WRITE = PROT_READ | PROT_WRITE;

const map = (process: Process, fd: number, prot = READ_WRITE, flags = MAP_SHARED): Result =>
  process.mmap(0, 2 * SIZE, prot, flags, fd, 0);

/** Each call is made on a file whose second page was written. */
const CALLS: readonly (readonly [label: string, call: (process: Process, fd: number) => unknown])[] = [
  ['nothing', () => undefined],
  ['ftruncate: eight pages', (process, fd) => process.ftruncate(fd, 2 * SIZE)],
  ['ftruncate: one page', (process, fd) => process.ftruncate(fd, PAGE)],
  ['pwrite: one byte into the third', (process, fd) => process.pwrite(fd, 'x', 2 * PAGE)],
  ['pread: the third page, a hole', (process, fd) => process.pread(fd, new Uint8Array(PAGE), 2 * PAGE)],
  ['load from the third page, shared', (process, fd) => process.load(at(map(process, fd), 2 * PAGE))],
  [
    'load from the third page, private',
    (process, fd) => process.load(at(map(process, fd, READ_WRITE, MAP_PRIVATE), 2 * PAGE)),
  ],
  ['fallocate: all four', (process, fd) => process.fallocate(fd, 0, 0, SIZE)],
  [
    'fallocate KEEP_SIZE: two behind the end',
    (process, fd) => process.fallocate(fd, FALLOC_FL_KEEP_SIZE, SIZE, 2 * PAGE),
  ],
  [
    'fallocate PUNCH_HOLE: the second',
    (process, fd) => process.fallocate(fd, FALLOC_FL_PUNCH_HOLE | FALLOC_FL_KEEP_SIZE, PAGE, PAGE),
  ],
  ['madvise MADV_REMOVE: all, shared', (process, fd) => process.madvise(map(process, fd), SIZE, MADV_REMOVE)],
  ['madvise MADV_DONTNEED: all, shared', (process, fd) => process.madvise(map(process, fd), SIZE, MADV_DONTNEED)],
];

function sparse(kernel: Kernel): { process: Process; fd: number } {
  const process = new Host(kernel).process('process');
  const fd = made(process.memfd_create('file', 0));
  process.ftruncate(fd, SIZE);
  process.pwrite(fd, 'data', PAGE);
  return { process, fd };
}

/** Pages that the file has after each call (st_blocks counts 512 bytes each). */
export function pageTable(kernel: Kernel): Table {
  const rows = CALLS.map(([label, call]) => {
    const { process, fd } = sparse(kernel);
    call(process, fd);
    const stat = process.fstat(fd);
    return { label, values: ['st_blocks' in stat ? stat.st_blocks / (PAGE / 512) : stat] };
  });
  return facts(['pages in the file'], 'after', rows);
}

const ACCESSES: readonly (readonly [label: string, access: (process: Process, fd: number) => unknown])[] = [
  ['load: in the file, a hole', (process, fd) => process.load(map(process, fd))],
  ['load: behind the last page, shared', (process, fd) => process.load(at(map(process, fd), SIZE))],
  [
    'load: behind the last page, private',
    (process, fd) => process.load(at(map(process, fd, READ_WRITE, MAP_PRIVATE), SIZE)),
  ],
  [
    'load: behind the end, inside the last page',
    (process, fd) => {
      process.ftruncate(fd, SIZE - 100);
      return process.load(at(map(process, fd), SIZE - 50));
    },
  ],
  [
    'load: from an empty file',
    (process, fd) => {
      process.ftruncate(fd, 0);
      return process.load(map(process, fd));
    },
  ],
  ['store: without PROT_WRITE', (process, fd) => process.store(map(process, fd, PROT_READ), 1)],
  ['load: with PROT_NONE', (process, fd) => process.load(map(process, fd, PROT_NONE))],
  ['load: with PROT_WRITE alone', (process, fd) => process.load(map(process, fd, PROT_WRITE))],
  [
    'load: after munmap',
    (process, fd) => {
      const address = map(process, fd);
      process.munmap(address, 2 * SIZE);
      return process.load(address);
    },
  ],
];

/** What a touch of a file of four pages gives, through a mapping of eight. */
export function accessTable(kernel: Kernel): Table {
  const rows = ACCESSES.map(([label, access]) => {
    const { process, fd } = sparse(kernel);
    return { label, values: [access(process, fd)] };
  });
  return facts(['answer'], 'access', rows);
}
