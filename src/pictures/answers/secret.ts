/** Every operation on a secret file, beside an ordinary memfd: files of two pages, mapped where the operation needs it. */
import {
  F_ADD_SEALS,
  F_GET_SEALS,
  F_SEAL_GROW,
  FALLOC_FL_KEEP_SIZE,
  FALLOC_FL_PUNCH_HOLE,
  type Kernel,
  MADV_DONTNEED,
  MADV_REMOVE,
  MAP_PRIVATE,
  MAP_SHARED,
  MFD_ALLOW_SEALING,
  O_RDWR,
  PAGE,
  PROT_EXEC,
  PROT_READ,
  PROT_WRITE,
  type Result,
  SEEK_SET,
} from '../../model/index.ts';
import { answers, type Column, type Group, made, type Row, type Stage, type Table } from './table.ts';

const SIZE = 2 * PAGE;
const READ_WRITE = PROT_READ | PROT_WRITE;

const COLUMNS: readonly Column[] = [
  {
    label: 'memfd',
    make: (process) => {
      const fd = made(process.memfd_create('file', MFD_ALLOW_SEALING));
      process.ftruncate(fd, SIZE);
      return fd;
    },
  },
  {
    label: 'secret file',
    make: (process) => {
      const fd = made(process.memfd_secret(0));
      process.ftruncate(fd, SIZE);
      return fd;
    },
  },
];

const row = (label: string, run: Row['run']): Row => ({ label, run });
const map = ({ process, fd }: Stage, length = SIZE): Result => process.mmap(0, length, READ_WRITE, MAP_SHARED, fd, 0);
/** A shared mapping whose first page was touched. */
function touched(stage: Stage): Result {
  const address = map(stage);
  stage.process.store(address, 0x53);
  return address;
}
const opened = (value: unknown): unknown => (typeof value === 'number' ? 'ok' : value);

const FILE: Group = {
  title: 'The file',
  rows: [
    row('ftruncate: another size', ({ process, fd }) => process.ftruncate(fd, PAGE)),
    row('ftruncate: the same size', ({ process, fd }) => process.ftruncate(fd, SIZE)),
    row('read: 4 bytes', ({ process, fd }) => process.read(fd, new Uint8Array(4))),
    row('write: 4 bytes', ({ process, fd }) => process.write(fd, new Uint8Array(4))),
    row('pread: 4 bytes', ({ process, fd }) => process.pread(fd, new Uint8Array(4), 0)),
    row('pwrite: 4 bytes', ({ process, fd }) => process.pwrite(fd, new Uint8Array(4), 0)),
    row('lseek', ({ process, fd }) => process.lseek(fd, 0, SEEK_SET)),
    row('sendfile: 4 bytes from it', ({ process, fd }) =>
      process.sendfile(made(process.memfd_create('target', 0)), fd, 0, 4),
    ),
    row('fallocate: inside the file', ({ process, fd }) => process.fallocate(fd, 0, 0, PAGE)),
    row('fallocate PUNCH_HOLE', ({ process, fd }) =>
      process.fallocate(fd, FALLOC_FL_PUNCH_HOLE | FALLOC_FL_KEEP_SIZE, 0, PAGE),
    ),
    row('F_GET_SEALS', ({ process, fd }) => process.fcntl(fd, F_GET_SEALS)),
    row('F_ADD_SEALS: GROW', ({ process, fd }) => process.fcntl(fd, F_ADD_SEALS, F_SEAL_GROW)),
    row('fchmod 0600', ({ process, fd }) => process.fchmod(fd, 0o600)),
    row('dup', ({ process, fd }) => opened(process.dup(fd))),
    row('open /proc/self/fd/N', ({ process, fd }) => opened(process.open(`/proc/self/fd/${fd}`, O_RDWR))),
  ],
};

const MAPS: Group = {
  title: 'Mappings',
  rows: [
    row('mmap: shared', (stage) => map(stage)),
    row('mmap: shared, longer than the file', (stage) => map(stage, 4 * PAGE)),
    row('mmap: private', ({ process, fd }) => process.mmap(0, SIZE, PROT_READ, MAP_PRIVATE, fd, 0)),
    row('mmap: shared, executable', ({ process, fd }) =>
      process.mmap(0, SIZE, PROT_READ | PROT_EXEC, MAP_SHARED, fd, 0),
    ),
    row('mprotect: to executable', (stage) => stage.process.mprotect(map(stage), SIZE, PROT_READ | PROT_EXEC)),
    row('load: a page never touched', (stage) => stage.process.load(map(stage))),
    row('madvise MADV_DONTNEED', (stage) => stage.process.madvise(touched(stage), SIZE, MADV_DONTNEED)),
    row('madvise MADV_REMOVE', (stage) => stage.process.madvise(touched(stage), SIZE, MADV_REMOVE)),
    row('mlock', (stage) => stage.process.mlock(touched(stage), SIZE)),
  ],
};

const KERNEL: Group = {
  title: 'The kernel at a touched page',
  rows: [
    row('through its direct map', ({ process, fd }) => {
      const page = process.pagemap(touched({ process, fd }));
      return process.host.kernel_read(page);
    }),
    row('process_vm_readv: 4 bytes', (stage) =>
      stage.process.process_vm_readv(stage.process, touched(stage), new Uint8Array(4)),
    ),
    row('vmsplice: one page', (stage) => stage.process.vmsplice(touched(stage), PAGE)),
    row('write from it to another file: 4 bytes', (stage) => {
      const { process } = stage;
      return process.pwrite(made(process.memfd_create('target', 0)), process.buffer(touched(stage), 4), 0);
    }),
    row('read from another file into it: 4 bytes', (stage) => {
      const { process } = stage;
      const source = made(process.memfd_create('source', 0));
      process.pwrite(source, 'text', 0);
      return process.pread(source, process.buffer(touched(stage), 4), 0);
    }),
  ],
};

/** The table of a secret file beside a memfd, for a kernel. */
export function secretTable(kernel: Kernel): Table {
  return answers(kernel, COLUMNS, [FILE, MAPS, KERNEL]);
}
