/** A secret file is a handle for mappings: nothing else that files do works on it. */
import {
  F_GET_SEALS,
  FALLOC_FL_KEEP_SIZE,
  FALLOC_FL_PUNCH_HOLE,
  Host,
  linux,
  MAP_PRIVATE,
  MAP_SHARED,
  PAGE,
  PROT_EXEC,
  PROT_READ,
  SEEK_SET,
} from 'unmapped';

const host = new Host(linux('6.18.44'));
const owner = host.process('owner');
const fd = owner.memfd_secret(0);
owner.ftruncate(fd, PAGE); // → 0

// There is no operation behind read()
// and write(), and no position to seek.
owner.read(fd, new Uint8Array(4)); // → -EINVAL
owner.write(fd, 'key'); // → -EINVAL
owner.pread(fd, new Uint8Array(4), 0); // → -ESPIPE
owner.pwrite(fd, 'key', 0); // → -ESPIPE
owner.lseek(fd, 0, SEEK_SET); // → -ESPIPE
owner.fallocate(fd, FALLOC_FL_PUNCH_HOLE | FALLOC_FL_KEEP_SIZE, 0, PAGE); // → -EOPNOTSUPP
owner.fcntl(fd, F_GET_SEALS); // → -EINVAL

// A private mapping would copy the secret into
// ordinary memory; code does not belong here.
owner.mmap(0, PAGE, PROT_READ, MAP_PRIVATE, fd, 0); // → -EINVAL
owner.mmap(0, PAGE, PROT_READ | PROT_EXEC, MAP_SHARED, fd, 0); // → -EPERM
