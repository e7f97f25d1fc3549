/** vm.memfd_noexec in a PID namespace of its own: never below the parent's effective value. */
import { CLONE_NEWPID, Host, linux, MFD_EXEC } from 'unmapped';

const host = new Host(linux('6.18.44'));
const runtime = host.process('runtime');
host.sysctl('vm.memfd_noexec', 1); // → 0

// Children of the runtime live in a new PID namespace from now on.
runtime.unshare(CLONE_NEWPID); // → 0
const container = runtime.fork('container');
container.sysctl('vm.memfd_noexec'); // → 1

// Stricter and back again is allowed, looser than the parent is not.
container.sysctl('vm.memfd_noexec', 2); // → 0
container.memfd_create('program', MFD_EXEC); // → -EACCES
container.sysctl('vm.memfd_noexec', 1); // → 0
container.sysctl('vm.memfd_noexec', 0); // → -EINVAL

// The largest value among the ancestors counts, also when it changes later.
host.sysctl('vm.memfd_noexec', 2); // → 0
container.sysctl('vm.memfd_noexec'); // → 2
