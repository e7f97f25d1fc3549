/** F_SEAL_WRITE alone does not keep the bytes: the file can be cut to nothing and grown again. */
import { F_ADD_SEALS, F_SEAL_WRITE, Host, linux, MFD_ALLOW_SEALING, PAGE } from 'unmapped';

const host = new Host(linux('6.18.44'));
const maker = host.process('maker');
const fd = maker.memfd_create('letter', MFD_ALLOW_SEALING);
maker.ftruncate(fd, PAGE); // → 0
maker.pwrite(fd, 'signed', 0); // → 6
maker.fcntl(fd, F_ADD_SEALS, F_SEAL_WRITE); // → 0

maker.pwrite(fd, 'forged', 0); // → -EPERM
maker.ftruncate(fd, 0); // → 0
maker.ftruncate(fd, PAGE); // → 0

const bytes = new Uint8Array(6);
maker.pread(fd, bytes, 0); // → 6
bytes.slice(); // → 00×6
