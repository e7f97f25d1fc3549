/** Seals belong to the inode: however a descriptor was obtained, it shows and obeys the same set. */
import {
  F_ADD_SEALS,
  F_GET_SEALS,
  F_SEAL_GROW,
  F_SEAL_SHRINK,
  Host,
  linux,
  MFD_ALLOW_SEALING,
  O_RDONLY,
  O_RDWR,
  PAGE,
} from 'unmapped';

const host = new Host(linux('6.18.44'));
const maker = host.process('maker');
const fd = maker.memfd_create('shared', MFD_ALLOW_SEALING);
maker.ftruncate(fd, PAGE); // → 0

const copy = maker.dup(fd);
const again = maker.open(`/proc/self/fd/${fd}`, O_RDWR);
const looker = maker.open(`/proc/self/fd/${fd}`, O_RDONLY);
const child = maker.fork('child');

child.fcntl(fd, F_ADD_SEALS, F_SEAL_SHRINK); // → 0
maker.fcntl(again, F_ADD_SEALS, F_SEAL_GROW); // → 0

// 6 is SHRINK and GROW: one set, seen through every descriptor.
maker.fcntl(copy, F_GET_SEALS); // → 6
maker.fcntl(looker, F_GET_SEALS); // → 6
child.ftruncate(fd, 2 * PAGE); // → -EPERM

// Looking is free. Adding a seal needs a
// descriptor that is open for writing.
maker.fcntl(looker, F_ADD_SEALS, F_SEAL_GROW); // → -EPERM
