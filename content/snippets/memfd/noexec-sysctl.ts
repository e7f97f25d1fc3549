/** vm.memfd_noexec decides what a call without an exec flag means, and whether MFD_EXEC is allowed. */
import { F_GET_SEALS, Host, linux, MFD_EXEC, MFD_NOEXEC_SEAL } from 'unmapped';

const host = new Host(linux('6.18.44'));
const old = host.process('old-program');

// 0: as ever. The file is executable; 1 is F_SEAL_SEAL.
old.fcntl(old.memfd_create('plain', 0), F_GET_SEALS); // → 1

// 1: the old program gets a file without
// execute bits, sealed so; 32 is F_SEAL_EXEC.
host.sysctl('vm.memfd_noexec', 1); // → 0
old.fcntl(old.memfd_create('plain', 0), F_GET_SEALS); // → 32
old.fcntl(old.memfd_create('program', MFD_EXEC), F_GET_SEALS); // → 1

// 2: an explicit MFD_EXEC is refused. A call with
// neither flag is not, whatever the document says.
host.sysctl('vm.memfd_noexec', 2); // → 0
old.memfd_create('program', MFD_EXEC); // → -EACCES
old.fcntl(old.memfd_create('plain', 0), F_GET_SEALS); // → 32
old.memfd_create('both', MFD_EXEC | MFD_NOEXEC_SEAL); // → -EINVAL
