/** A refused request adds none of its seals, and a seal that is already set is never busy. */
import {
  F_ADD_SEALS,
  F_GET_SEALS,
  F_SEAL_GROW,
  F_SEAL_WRITE,
  Host,
  linux,
  MAP_PRIVATE,
  MAP_SHARED,
  MFD_ALLOW_SEALING,
  PAGE,
  PROT_READ,
  PROT_WRITE,
} from 'unmapped';

const host = new Host(linux('6.18.44'));
const maker = host.process('maker');
const fd = maker.memfd_create('buffer', MFD_ALLOW_SEALING);
maker.ftruncate(fd, PAGE); // → 0
const addr = maker.mmap(0, PAGE, PROT_READ, MAP_SHARED, fd, 0);

maker.fcntl(fd, F_ADD_SEALS, F_SEAL_GROW | F_SEAL_WRITE); // → -EBUSY
maker.fcntl(fd, F_GET_SEALS); // → 0

maker.munmap(addr, PAGE); // → 0
maker.fcntl(fd, F_ADD_SEALS, F_SEAL_WRITE); // → 0

// Mapped again, and asked for again: WRITE is
// there already, so nobody is asked to leave.
maker.mmap(0, PAGE, PROT_READ | PROT_WRITE, MAP_PRIVATE, fd, 0);
maker.mmap(0, PAGE, PROT_READ, MAP_SHARED, fd, 0);
maker.fcntl(fd, F_ADD_SEALS, F_SEAL_GROW | F_SEAL_WRITE); // → 0
maker.fcntl(fd, F_GET_SEALS); // → 12
