/** A private mapping never blocks the write seal: its stores go to a copy that is not the file. */
import {
  F_ADD_SEALS,
  F_SEAL_WRITE,
  Host,
  linux,
  MAP_PRIVATE,
  MFD_ALLOW_SEALING,
  PAGE,
  PROT_READ,
  PROT_WRITE,
} from 'unmapped';

const host = new Host(linux('6.18.44'));
const maker = host.process('maker');
const fd = maker.memfd_create('template', MFD_ALLOW_SEALING);
maker.ftruncate(fd, PAGE); // → 0
maker.pwrite(fd, Uint8Array.of(65), 0); // → 1

const mine = maker.mmap(0, PAGE, PROT_READ | PROT_WRITE, MAP_PRIVATE, fd, 0);
maker.load(mine); // → 65
maker.fcntl(fd, F_ADD_SEALS, F_SEAL_WRITE); // → 0

// The first store copies the page. The file keeps its byte.
maker.store(mine, 66); // → 0
maker.load(mine); // → 66
const bytes = new Uint8Array(1);
maker.pread(fd, bytes, 0); // → 1
bytes.slice(); // → 41
