/** The same calls on the first kernels with F_SEAL_EXEC and vm.memfd_noexec, and on 6.18.44. */
import {
  F_ADD_SEALS,
  F_SEAL_EXEC,
  F_SEAL_WRITE,
  failed,
  Host,
  type Kernel,
  linux,
  MAP_SHARED,
  MFD_ALLOW_SEALING,
  MFD_EXEC,
  PAGE,
  PROT_READ,
  PROT_WRITE,
  type Result,
} from 'unmapped';

function answers(kernel: Kernel) {
  const host = new Host(kernel);
  const maker = host.process('maker');

  // The implied write seal of F_SEAL_EXEC, with a writer
  // present, and what the writer can do after it.
  const program = maker.memfd_create('program', MFD_EXEC | MFD_ALLOW_SEALING);
  maker.ftruncate(program, PAGE);
  const writer = maker.mmap(0, PAGE, PROT_READ | PROT_WRITE, MAP_SHARED, program, 0);
  const exec = maker.fcntl(program, F_ADD_SEALS, F_SEAL_EXEC);
  const store = maker.store(writer, 1);

  // A shared mapping for reading of a file that is sealed against
  // writing.
  const sealed = maker.memfd_create('sealed', MFD_EXEC | MFD_ALLOW_SEALING);
  maker.ftruncate(sealed, PAGE);
  maker.fcntl(sealed, F_ADD_SEALS, F_SEAL_WRITE);
  const view = maker.mmap(0, PAGE, PROT_READ, MAP_SHARED, sealed, 0);

  host.sysctl('vm.memfd_noexec', 2);
  const neither = maker.memfd_create('neither flag', 0);
  const ok = (answer: Result) => (failed(answer) ? answer : 'ok');
  return { exec, store, view: ok(view), neither: ok(neither) };
}

answers(linux('037dd1308c6d')); // → { exec: 0, store: 0, view: -EPERM, neither: -EINVAL }
answers(linux('6.18.44')); // → { exec: -EBUSY, store: 0, view: 'ok', neither: 'ok' }
