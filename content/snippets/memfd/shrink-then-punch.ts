/** F_SEAL_SHRINK keeps the size, not the data: a hole can be punched through all of it. */
import {
  F_ADD_SEALS,
  F_SEAL_SHRINK,
  FALLOC_FL_KEEP_SIZE,
  FALLOC_FL_PUNCH_HOLE,
  Host,
  linux,
  MAP_SHARED,
  MFD_ALLOW_SEALING,
  PAGE,
  PROT_READ,
} from 'unmapped';

const host = new Host(linux('6.18.44'));
const sender = host.process('sender');
const reader = host.process('reader');
const fd = sender.memfd_create('buffer', MFD_ALLOW_SEALING);
sender.ftruncate(fd, 2 * PAGE); // → 0
sender.pwrite(fd, 'data', 0); // → 4
sender.fcntl(fd, F_ADD_SEALS, F_SEAL_SHRINK); // → 0

const got = sender.scm_rights(fd, reader);
const view = reader.mmap(0, 2 * PAGE, PROT_READ, MAP_SHARED, got, 0);
reader.load(view); // → 100

// No SIGBUS, as promised. But the bytes
// are gone, and the page with them.
sender.fallocate(fd, FALLOC_FL_PUNCH_HOLE | FALLOC_FL_KEEP_SIZE, 0, 2 * PAGE); // → 0
reader.load(view); // → 0
sender.ftruncate(fd, PAGE); // → -EPERM
