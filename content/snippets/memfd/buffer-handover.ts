/** The handover of the manual page: fill, seal, send; the receiver asks for the seals before it maps. */
import {
  at,
  F_ADD_SEALS,
  F_GET_SEALS,
  F_SEAL_GROW,
  F_SEAL_SEAL,
  F_SEAL_SHRINK,
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
const sender = host.process('sender');
const receiver = host.process('receiver');

const fd = sender.memfd_create('image', MFD_ALLOW_SEALING);
sender.ftruncate(fd, 2 * PAGE); // → 0
sender.pwrite(fd, 'pixels', 0); // → 6
host.picture('filled: only the sender refers to it');

const size = F_SEAL_SHRINK | F_SEAL_GROW;
sender.fcntl(fd, F_ADD_SEALS, size | F_SEAL_WRITE | F_SEAL_SEAL); // → 0
const got = sender.scm_rights(fd, receiver);
host.picture('sealed and sent: one open file, two descriptors');

// The receiver looks at the seals first,
// and maps only what can no longer change.
receiver.fcntl(got, F_GET_SEALS); // → 15
const view = receiver.mmap(0, 2 * PAGE, PROT_READ, MAP_SHARED, got, 0);
receiver.load(view); // → 112
host.picture('mapped: the receiver reads without a copy');

// Nothing that the sender tries from now on reaches the receiver.
sender.pwrite(fd, 'other!', 0); // → -EPERM
sender.ftruncate(fd, 0); // → -EPERM
receiver.mprotect(view, 2 * PAGE, PROT_READ | PROT_WRITE); // → -EACCES
receiver.load(at(view, 1)); // → 105
