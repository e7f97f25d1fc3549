/** A pinned page can be written without any mapping, so F_SEAL_WRITE waits for pins and then gives up. */
import {
  F_ADD_SEALS,
  F_SEAL_FUTURE_WRITE,
  F_SEAL_WRITE,
  Host,
  linux,
  MAP_SHARED,
  MFD_ALLOW_SEALING,
  PAGE,
  Pin,
  PROT_READ,
  PROT_WRITE,
} from 'unmapped';

const host = new Host(linux('6.18.44'));
const maker = host.process('maker');
const fd = maker.memfd_create('buffer', MFD_ALLOW_SEALING);
maker.ftruncate(fd, PAGE); // → 0
const addr = maker.mmap(0, PAGE, PROT_READ | PROT_WRITE, MAP_SHARED, fd, 0);
maker.store(addr, 3); // → 0

// vmsplice() takes a reference to the page and
// keeps it while the bytes are in the pipe.
const pin = maker.vmsplice(addr, PAGE);
maker.munmap(addr, PAGE); // → 0

// No mapping is left, and still somebody may hold the page.
maker.fcntl(fd, F_ADD_SEALS, F_SEAL_WRITE); // → -EBUSY
maker.fcntl(fd, F_ADD_SEALS, F_SEAL_FUTURE_WRITE); // → 0

if (pin instanceof Pin) pin.release(); // → 0
maker.fcntl(fd, F_ADD_SEALS, F_SEAL_WRITE); // → 0
