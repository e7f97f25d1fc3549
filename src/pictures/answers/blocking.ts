/**
 * Which mappings keep F_SEAL_WRITE away. Recordings write-seal-busy-writable-map, -busy-readonly-map-of-rdwr-fd,
 * -with-map-of-readonly-fd, -with-private-map, -partial-unmap, -map-inherited-by-child,
 * future-write-readonly-map-does-not-block-write.
 */
import {
  at,
  F_ADD_SEALS,
  F_SEAL_FUTURE_WRITE,
  F_SEAL_WRITE,
  Host,
  type Kernel,
  MAP_PRIVATE,
  MAP_SHARED,
  MFD_ALLOW_SEALING,
  O_RDONLY,
  PAGE,
  PROT_NONE,
  PROT_READ,
  PROT_WRITE,
  type Process,
  type Result,
} from '../../model/index.ts';
import { facts, made, type Table } from './table.ts';

const SIZE = 2 * PAGE;
const READ_WRITE = PROT_READ | PROT_WRITE;

/** Makes the mapping; returns its address and the process that has it. */
type Kind = (process: Process, fd: number) => { readonly holder: Process; readonly address: Result };

const map =
  (prot: number, flags: number): Kind =>
  (process, fd) => ({ holder: process, address: process.mmap(0, SIZE, prot, flags, fd, 0) });

const KINDS: readonly (readonly [label: string, kind: Kind])[] = [
  ['shared, read and write', map(READ_WRITE, MAP_SHARED)],
  ['shared, read', map(PROT_READ, MAP_SHARED)],
  ['shared, no access', map(PROT_NONE, MAP_SHARED)],
  [
    'shared, read, through a read-only descriptor',
    (process, fd) => map(PROT_READ, MAP_SHARED)(process, made(process.open(`/proc/self/fd/${fd}`, O_RDONLY))),
  ],
  [
    'shared, read, made after F_SEAL_FUTURE_WRITE',
    (process, fd) => {
      process.fcntl(fd, F_ADD_SEALS, F_SEAL_FUTURE_WRITE);
      return map(PROT_READ, MAP_SHARED)(process, fd);
    },
  ],
  ['private, read and write', map(READ_WRITE, MAP_PRIVATE)],
  [
    'the second page of a shared, writable one',
    (process, fd) => {
      const { address } = map(READ_WRITE, MAP_SHARED)(process, fd);
      process.munmap(address, PAGE);
      return { holder: process, address: at(address, PAGE) };
    },
  ],
  [
    'a shared, writable one that only a child still has',
    (process, fd) => {
      const { address } = map(READ_WRITE, MAP_SHARED)(process, fd);
      const child = process.fork('child');
      process.munmap(address, SIZE);
      return { holder: child, address };
    },
  ],
];

/** A file of two pages with one mapping. */
function stage(kernel: Kernel, kind: Kind) {
  const process = new Host(kernel).process('process');
  const fd = made(process.memfd_create('file', MFD_ALLOW_SEALING));
  process.ftruncate(fd, SIZE);
  return { process, fd, ...kind(process, fd) };
}

/** For each kind of mapping: may it become writable, and what does F_SEAL_WRITE answer while it is there. */
export function blockingTable(kernel: Kernel): Table {
  const rows = KINDS.map(([label, kind]) => {
    const one = stage(kernel, kind);
    const writable = one.holder.mprotect(one.address, PAGE, READ_WRITE);
    const other = stage(kernel, kind);
    return { label, values: [writable, other.process.fcntl(other.fd, F_ADD_SEALS, F_SEAL_WRITE)] };
  });
  return facts(['mprotect to read and write', 'F_SEAL_WRITE'], 'mapping', rows);
}
