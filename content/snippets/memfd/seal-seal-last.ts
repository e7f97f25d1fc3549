/** F_SEAL_SEAL closes the list: from then on every F_ADD_SEALS fails, even one that asks for nothing. */
import { F_ADD_SEALS, F_SEAL_SEAL, F_SEAL_SHRINK, Host, linux, MFD_ALLOW_SEALING, O_RDONLY, PAGE } from 'unmapped';

const host = new Host(linux('6.18.44'));
const maker = host.process('maker');
const fd = maker.memfd_create('closed', MFD_ALLOW_SEALING);
maker.ftruncate(fd, PAGE); // → 0
const looker = maker.open(`/proc/self/fd/${fd}`, O_RDONLY);

maker.fcntl(fd, F_ADD_SEALS, F_SEAL_SEAL | F_SEAL_SHRINK); // → 0
maker.fcntl(fd, F_ADD_SEALS, F_SEAL_SHRINK); // → -EPERM
maker.fcntl(fd, F_ADD_SEALS, 0); // → -EPERM

// An unknown bit is noticed before F_SEAL_SEAL, and a read-only
// descriptor before both.
maker.fcntl(fd, F_ADD_SEALS, 0x40); // → -EINVAL
maker.fcntl(looker, F_ADD_SEALS, 0x40); // → -EPERM

// What was not sealed stays as it was.
maker.pwrite(fd, 'x', 0); // → 1
