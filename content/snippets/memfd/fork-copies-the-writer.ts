/** fork() copies mappings: a child is one more writer, and the parent one more for the child. */
import {
  F_ADD_SEALS,
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
const parent = host.process('parent');
const fd = parent.memfd_create('buffer', MFD_ALLOW_SEALING);
parent.ftruncate(fd, 2 * PAGE); // → 0
const addr = parent.mmap(0, 2 * PAGE, PROT_READ | PROT_WRITE, MAP_SHARED, fd, 0);
const child = parent.fork('child');

// The parent is clean, the child is not.
parent.munmap(addr, 2 * PAGE); // → 0
parent.fcntl(fd, F_ADD_SEALS, F_SEAL_WRITE); // → -EBUSY

// One page of the child's mapping
// is enough to keep the seal away.
child.munmap(addr, PAGE); // → 0
parent.fcntl(fd, F_ADD_SEALS, F_SEAL_WRITE); // → -EBUSY
child.exit();
parent.fcntl(fd, F_ADD_SEALS, F_SEAL_WRITE); // → 0
