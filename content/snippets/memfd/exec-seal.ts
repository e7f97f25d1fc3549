/** F_SEAL_EXEC freezes the execute bits, and on an executable file it freezes the content too. */
import { F_ADD_SEALS, F_GET_SEALS, F_SEAL_EXEC, Host, linux, MFD_ALLOW_SEALING, MFD_EXEC, MFD_NOEXEC_SEAL } from 'unmapped';

const host = new Host(linux('6.18.44'));
const runtime = host.process('runtime');

// A buffer that can never become a program. 32 is F_SEAL_EXEC.
const data = runtime.memfd_create('data', MFD_NOEXEC_SEAL);
runtime.fcntl(data, F_GET_SEALS); // → 32
runtime.fchmod(data, 0o777); // → -EPERM
runtime.pwrite(data, 'bytes', 0); // → 5

// A program that can never change. The one seal
// brings SHRINK, GROW, WRITE and FUTURE_WRITE.
const program = runtime.memfd_create('runc', MFD_EXEC | MFD_ALLOW_SEALING);
runtime.pwrite(program, 'code', 0); // → 4
runtime.fcntl(program, F_ADD_SEALS, F_SEAL_EXEC); // → 0
runtime.fcntl(program, F_GET_SEALS); // → 62
runtime.pwrite(program, 'evil', 0); // → -EPERM
runtime.fchmod(program, 0o666); // → -EPERM
