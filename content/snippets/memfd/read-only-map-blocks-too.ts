/** What counts is not whether a mapping can write but whether it could: the descriptor it was made through decides. */
import {
  F_ADD_SEALS,
  F_SEAL_WRITE,
  Host,
  linux,
  MAP_SHARED,
  MFD_ALLOW_SEALING,
  O_RDONLY,
  PAGE,
  PROT_READ,
  PROT_WRITE,
} from 'unmapped';

const host = new Host(linux('6.18.44'));
const reader = host.process('reader');
const fd = reader.memfd_create('buffer', MFD_ALLOW_SEALING);
reader.ftruncate(fd, PAGE); // → 0

// Read-only, but through a read-write descriptor:
// mprotect() can turn it into a writer.
const view = reader.mmap(0, PAGE, PROT_READ, MAP_SHARED, fd, 0);
reader.fcntl(fd, F_ADD_SEALS, F_SEAL_WRITE); // → -EBUSY
reader.mprotect(view, PAGE, PROT_READ | PROT_WRITE); // → 0
reader.munmap(view, PAGE); // → 0

// Through a read-only descriptor the same mapping
// can never write, and is not in the way.
const looker = reader.open(`/proc/self/fd/${fd}`, O_RDONLY);
const safe = reader.mmap(0, PAGE, PROT_READ, MAP_SHARED, looker, 0);
reader.mprotect(safe, PAGE, PROT_READ | PROT_WRITE); // → -EACCES
reader.fcntl(fd, F_ADD_SEALS, F_SEAL_WRITE); // → 0
