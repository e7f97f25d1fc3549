/** F_SEAL_WRITE is refused while anybody could still store through a shared mapping. */
import {
  F_ADD_SEALS,
  F_GET_SEALS,
  F_SEAL_GROW,
  F_SEAL_WRITE,
  Host,
  linux,
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
const addr = maker.mmap(0, PAGE, PROT_READ | PROT_WRITE, MAP_SHARED, fd, 0);
maker.store(addr, 1); // → 0

// A store is no call that the kernel could refuse,
// so it refuses the seal. GROW is not added either.
maker.fcntl(fd, F_ADD_SEALS, F_SEAL_WRITE | F_SEAL_GROW); // → -EBUSY
maker.fcntl(fd, F_GET_SEALS); // → 0

// No writer is left: now the seal holds for everybody.
maker.munmap(addr, PAGE); // → 0
maker.fcntl(fd, F_ADD_SEALS, F_SEAL_WRITE | F_SEAL_GROW); // → 0
maker.mmap(0, PAGE, PROT_READ | PROT_WRITE, MAP_SHARED, fd, 0); // → -EPERM
maker.pwrite(fd, 'x', 0); // → -EPERM
