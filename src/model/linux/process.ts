/**
 * A process: descriptor table, address space, user, limits; and the system calls it can make, each by its exact name with C's
 * argument order. A parameter that takes a number from an earlier call also takes the Errno of a refused one: a descriptor
 * then answers EBADF, an address faults.
 */
import { Errno, type Result, type Signal } from '../errno.ts';
import type { Frame } from '../machine/memory.ts';
import { show } from '../show.ts';
import { AddressSpace } from './addressspace.ts';
import * as c from './constants.ts';
import { copyFileRange, sendfile } from './copy.ts';
import { fallocate } from './fallocate.ts';
import { access, load, present, store } from './fault.ts';
import * as text from './flags.ts';
import { type Pin, readRemote, vmsplice } from './gup.ts';
import type { Host } from './host.ts';
import type { Inode } from './inode.ts';
import { noPosition, readAt, writeAt } from './io.ts';
import { madvise } from './madvise.ts';
import { Mapping } from './mapping.ts';
import { mbind } from './mbind.ts';
import { createMemfd } from './memfd.ts';
import { mlock, munlock } from './mlock.ts';
import { mmap, mprotect, munmap } from './mmap.ts';
import { memfdRead } from './notread.ts';
import { open } from './open.ts';
import type { Descriptor, OpenFile } from './openfile.ts';
import { PidNamespace } from './pidns.ts';
import { addSeals, getSeals } from './seals.ts';
import { createSecret } from './secretmem.ts';
import { lseek } from './seek.ts';
import { fchmod, Stat } from './stat.ts';
import { ftruncate } from './truncate.ts';
import { bytesOf, type Source, type Target, UserBuffer } from './usermemory.ts';
import { bytesText, int, low32, plain, signed, unsigned, type Word, type WordIn } from './words.ts';

export interface ProcessOptions {
  /** User; 0 (root, with every capability) by default. */
  readonly uid?: number;
  /** RLIMIT_MEMLOCK in bytes; 8 MiB by default. */
  readonly rlimit_memlock?: number;
}

const DEFAULT_MEMLOCK = 8 * 1024 * 1024;
const FIRST_FD = 3;

export class Process {
  readonly host: Host;
  readonly name: string;
  readonly pid: number;
  /** Who forked it. */
  readonly parent: Process | undefined;
  uid: number;
  /** RLIMIT_MEMLOCK, bytes. */
  rlimit_memlock: bigint;
  readonly files = new Map<number, Descriptor>();
  readonly space: AddressSpace;
  readonly pidns: PidNamespace;
  /** The PID namespace of children (unshare). */
  #childns: PidNamespace;
  #children = 0;

  constructor(host: Host, name: string, pid: number, options: ProcessOptions = {}, parent?: Process) {
    this.host = host;
    this.name = name;
    this.pid = pid;
    this.uid = options.uid ?? 0;
    this.rlimit_memlock = BigInt(options.rlimit_memlock ?? DEFAULT_MEMLOCK);
    this.parent = parent;
    this.pidns = parent === undefined ? host.pidns : parent.#childns;
    this.#childns = this.pidns;
    this.space = new AddressSpace(host.memory, (mapping) => {
      if (mapping.file !== undefined) host.release(mapping.file);
    });
  }

  /** Root, with CAP_IPC_LOCK and CAP_SYS_ADMIN. */
  get privileged(): boolean {
    return this.uid === 0;
  }

  show(): string {
    return `process ${this.name}`;
  }

  /** The open file of a descriptor, or EBADF. For other parts of the kernel; not a system call. */
  file(fd: Result): OpenFile | Errno {
    const found = fd instanceof Errno ? undefined : this.files.get(fd);
    if (found === undefined) {
      return new Errno(
        'EBADF',
        fd instanceof Errno
          ? `The call that should have made the descriptor answered ${fd}.`
          : 'No such descriptor is open.',
      );
    }
    this.host.touch(found.file.inode);
    return found.file;
  }

  /** Puts an open file into the lowest free descriptor. For other parts of the kernel; not a system call. */
  install(file: OpenFile, cloexec = false): number {
    let fd = FIRST_FD;
    while (this.files.has(fd)) fd++;
    file.refs++;
    this.files.set(fd, { file, cloexec });
    return fd;
  }

  /**
   * What an access of this process to an address reaches, faulting the page in as the access would: the frame, or the signal.
   * For other parts of the kernel; not a system call, and no step.
   */
  resolve(address: Result, write: boolean): Frame | Signal {
    const place = access(this, at(address), write);
    return 'frame' in place ? place.frame : place;
  }

  #step<T>(op: string, args: readonly unknown[], body: () => T): T {
    const shown = args.map((arg) => (arg instanceof Text ? arg.text : show(arg)));
    this.host.current = this;
    return this.host.step(this.name, op, shown, body);
  }

  #with<T>(op: string, fd: Result, args: readonly unknown[], body: (file: OpenFile) => T): T | Errno {
    return this.#step(op, [fd, ...args], () => {
      const file = this.file(fd);
      return file instanceof Errno ? file : body(file);
    });
  }

  #made(made: Inode | Errno, cloexec: boolean): Result {
    if (made instanceof Errno) return made;
    this.host.touch(made);
    return this.install(this.host.makeOpenFile(made, c.O_RDWR), cloexec);
  }

  /** A descriptor of a new file in memory. Refused: EINVAL, EACCES, EFAULT (name null), ENODEV. See memfd.ts. */
  memfd_create(name: string | null, flags: WordIn): Result {
    const word = low32(flags);
    return this.#step(
      'memfd_create',
      [name, new Text(text.flagText(word, text.memfdFlagNames(this.host.kernel)))],
      () => this.#made(createMemfd(this, name, word), (word & c.MFD_CLOEXEC) !== 0),
    );
  }

  /** A descriptor of a new secret file. Refused: EINVAL. See secretmem.ts. */
  memfd_secret(flags: WordIn): Result {
    const word = low32(flags);
    return this.#step('memfd_secret', [word], () => this.#made(createSecret(this, word), (word & c.O_CLOEXEC) !== 0));
  }

  /** Opens /proc/self/fd/N, or an unnamed file with O_TMPFILE on /dev/shm or /tmp. See open.ts. */
  open(path: string, flags: number): Result {
    return this.#step('open', [path, new Text(text.openText(flags))], () => {
      const file = open(this, path, flags);
      return file instanceof Errno ? file : this.install(file, (flags & c.O_CLOEXEC) !== 0);
    });
  }

  /** Another descriptor of the same open file: position and access mode are shared. */
  dup(fd: Result): Result {
    return this.#with('dup', fd, [], (file) => this.install(file));
  }

  close(fd: Result): 0 | Errno {
    return this.#with('close', fd, [], (file) => {
      this.files.delete(fd as number);
      this.host.release(file);
      return 0 as const;
    });
  }

  /** F_ADD_SEALS, F_GET_SEALS, F_GETFD, F_SETFD, F_GETFL, F_DUPFD, F_DUPFD_CLOEXEC. Refused: EBADF, EINVAL, EPERM, EBUSY. See seals.ts. */
  fcntl(fd: Result, command: number, argument: WordIn = 0): Result {
    const shown =
      command === c.F_ADD_SEALS ? [new Text(text.flagText(low32(argument), text.sealNames(this.host.kernel)))] : [];
    return this.#with('fcntl', fd, [new Text(text.commandText(command)), ...shown], (file) => {
      const descriptor = this.files.get(fd as number) as Descriptor;
      switch (command) {
        case c.F_ADD_SEALS:
          return addSeals(this.host, file, argument);
        case c.F_GET_SEALS:
          return getSeals(file.inode);
        case c.F_GETFD:
          return descriptor.cloexec ? c.FD_CLOEXEC : 0;
        case c.F_SETFD:
          descriptor.cloexec = (low32(argument) & c.FD_CLOEXEC) !== 0;
          return 0;
        case c.F_GETFL:
          return file.flags;
        case c.F_DUPFD:
          return this.install(file);
        case c.F_DUPFD_CLOEXEC:
          return this.install(file, true);
        default:
          return new Errno('EINVAL', 'The model knows no such command.');
      }
    });
  }

  /** Sets the size in bytes. Refused: EINVAL, EPERM (seals). See truncate.ts. */
  ftruncate(fd: Result, length: WordIn): 0 | Errno {
    return this.#step('ftruncate', [fd, length], () => {
      const size = signed(length);
      if (size < 0n) return new Errno('EINVAL', 'The length is negative.');
      const file = this.file(fd);
      return file instanceof Errno ? file : ftruncate(this.host, file, size);
    });
  }

  /** Preallocates or punches a hole; offset and length in bytes. See fallocate.ts. */
  fallocate(fd: Result, mode: number, offset: WordIn, length: WordIn): 0 | Errno {
    return this.#with('fallocate', fd, [new Text(text.flagText(mode, text.FALLOC)), offset, length], (file) =>
      fallocate(this.host, file, mode, signed(offset), signed(length)),
    );
  }

  /** Bytes read at the position of the open file, which moves. See io.ts. */
  read(fd: Result, buffer: Target): Result {
    return this.#with('read', fd, [sizeOf(buffer)], (file) => {
      const result = readAt(this.host, file, buffer, file.position);
      if (typeof result === 'number') file.position += BigInt(result);
      return result;
    });
  }

  /** Bytes read at an offset. */
  pread(fd: Result, buffer: Target, offset: WordIn): Result {
    return this.#step('pread', [fd, sizeOf(buffer), offset], () =>
      this.#positioned(fd, signed(offset), (file, at) =>
        file.inode.hasFileIo ? readAt(this.host, file, buffer, at) : noPosition(file.inode),
      ),
    );
  }

  /** Bytes written at the position of the open file (at the end with O_APPEND), which moves. See io.ts. */
  write(fd: Result, data: Source): Result {
    return this.#with('write', fd, [sizeOf(data)], (file) => {
      const written = writeAt(this.host, file, bytesOf(data), file.position);
      if (typeof written.result === 'number') file.position = written.position;
      return written.result;
    });
  }

  /** Bytes written at an offset; with O_APPEND at the end all the same. */
  pwrite(fd: Result, data: Source, offset: WordIn): Result {
    return this.#step('pwrite', [fd, sizeOf(data), offset], () =>
      this.#positioned(fd, signed(offset), (file, at) => writeAt(this.host, file, bytesOf(data), at).result),
    );
  }

  /** The checks that pread and pwrite share: a negative offset comes before the descriptor. */
  #positioned(fd: Result, offset: bigint, body: (file: OpenFile, offset: bigint) => Result): Result {
    if (offset < 0n) return new Errno('EINVAL', 'The offset is negative.');
    const file = this.file(fd);
    if (file instanceof Errno) return file;
    return file.seekable ? body(file, offset) : noPosition(file.inode);
  }

  /** The new position in bytes. See seek.ts. */
  lseek(fd: Result, offset: WordIn, whence: number): Word | Errno {
    return this.#with('lseek', fd, [offset, new Text(text.whenceText(whence))], (file) => {
      const found = lseek(file, signed(offset), whence);
      return found instanceof Errno ? found : plain(found);
    });
  }

  fstat(fd: Result): Stat | Errno {
    return this.#with('fstat', fd, [], (file) => new Stat(file.inode));
  }

  /** Changes the permission bits. Refused: EPERM. See stat.ts. */
  fchmod(fd: Result, mode: number): 0 | Errno {
    return this.#with('fchmod', fd, [new Text(`0${mode.toString(8)}`)], (file) => fchmod(this, file.inode, mode));
  }

  /** Bytes copied from `source` to `out`; `offset` null uses and moves the source's position. See copy.ts. */
  sendfile(out: Result, source: Result, offset: WordIn | null, count: WordIn): Result {
    return this.#step('sendfile', [out, source, offset, count], () => {
      const from = this.file(source);
      if (from instanceof Errno) return from;
      const to = this.file(out);
      if (to instanceof Errno) return to;
      const start = offset === null ? from.position : signed(offset);
      const copied = sendfile(this.host, to, from, start, unsigned(count), offset !== null);
      if (offset === null) from.position = copied.from;
      to.position = copied.to;
      return copied.result;
    });
  }

  /** Bytes copied between two files; an offset of null uses and moves the position. See copy.ts. */
  copy_file_range(source: Result, from: WordIn | null, out: Result, to: WordIn | null, length: WordIn): Result {
    return this.#step('copy_file_range', [source, from, out, to, length], () => {
      const sourceFile = this.file(source);
      if (sourceFile instanceof Errno) return sourceFile;
      const outFile = this.file(out);
      if (outFile instanceof Errno) return outFile;
      const start = from === null ? sourceFile.position : signed(from);
      const target = to === null ? outFile.position : signed(to);
      const copied = copyFileRange(this.host, sourceFile, start, outFile, target, unsigned(length));
      if (from === null) sourceFile.position = copied.from;
      if (to === null) outFile.position = copied.to;
      return copied.result;
    });
  }

  /** The address of a new mapping; length and offset in bytes. See mmap.ts. */
  mmap(address: Result, length: WordIn, prot: number, flags: number, fd: Result, offset: WordIn): Result {
    const shown = [new Text(text.flagText(prot, text.PROT, 'PROT_NONE')), new Text(text.flagText(flags, text.MAP))];
    return this.#step('mmap', [address, length, ...shown, fd, offset], () =>
      mmap(this, { address: at(address), length, prot, flags, fd, offset }),
    );
  }

  munmap(address: Result, length: WordIn): 0 | Errno {
    return this.#step('munmap', [address, length], () => munmap(this, at(address), length));
  }

  mprotect(address: Result, length: WordIn, prot: number): 0 | Errno {
    const shown = new Text(text.flagText(prot, text.PROT, 'PROT_NONE'));
    return this.#step('mprotect', [address, length, shown], () => mprotect(this, at(address), length, prot));
  }

  /** See madvise.ts for the advice that is modelled. */
  madvise(address: Result, length: WordIn, advice: number): 0 | Errno {
    return this.#step('madvise', [address, length, new Text(text.adviceText(advice))], () =>
      madvise(this, at(address), length, advice),
    );
  }

  /** Where new pages of a mapping come from. `nodes` is a mask of NUMA nodes. See mbind.ts. */
  mbind(address: Result, length: WordIn, mode: number, nodes: number): 0 | Errno {
    return this.#step('mbind', [address, length, mode, nodes], () => mbind(this, at(address), length, mode, nodes));
  }

  mlock(address: Result, length: WordIn): 0 | Errno {
    return this.#step('mlock', [address, length], () => mlock(this, at(address), length));
  }

  munlock(address: Result, length: WordIn): 0 | Errno {
    return this.#step('munlock', [address, length], () => munlock(this, at(address), length));
  }

  /** One byte from memory, or the signal that the processor's fault raises. See fault.ts. */
  load(address: Result): number | Signal {
    return this.#step('load', [address], () => load(this, at(address)));
  }

  /** One byte to memory: 0, or the signal that the processor's fault raises. */
  store(address: Result, byte: number): 0 | Signal {
    return this.#step('store', [address, byte], () => store(this, at(address), byte));
  }

  /** A range of this process's memory as the buffer of a system call. */
  buffer(address: Result, length: number): UserBuffer {
    return new UserBuffer(this, address, length);
  }

  /** Splices pages into a pipe: they stay referenced until the pin is released. Refused: EFAULT. See gup.ts. */
  vmsplice(address: Result, length: number): Pin | Errno {
    return this.#step('vmsplice', [address, length], () => vmsplice(this, at(address), length));
  }

  /** Reads another process's memory through get_user_pages. Refused: EPERM, EFAULT. See gup.ts. */
  process_vm_readv(target: Process, address: Result, buffer: Uint8Array): Result {
    return this.#step('process_vm_readv', [target, address, sizeOf(buffer)], () => {
      if (this.uid !== 0 && this.uid !== target.uid) return new Errno('EPERM', 'The process belongs to another user.');
      return readRemote(target, at(address), buffer);
    });
  }

  /** The page frame number behind an address, as /proc/self/pagemap shows it to root; 0 where no page is present. */
  pagemap(address: Result): number {
    return this.#step('pagemap', [address], () => present(this, at(address))?.pfn ?? 0);
  }

  /** Sends a descriptor to another process over a socket (SCM_RIGHTS): its number there. The open file is shared. */
  scm_rights(fd: Result, peer: Process): Result {
    return this.#with('scm_rights', fd, [peer], (file) => peer.install(file));
  }

  /** A child with a copy of the descriptor table and of the address space. */
  fork(name = `${this.name}.${this.#children + 1}`): Process {
    return this.#step('fork', [name], () => {
      this.#children++;
      const child = this.host.process(name, { uid: this.uid }, this);
      child.rlimit_memlock = this.rlimit_memlock;
      for (const [fd, { file, cloexec }] of this.files) {
        file.refs++;
        child.files.set(fd, { file, cloexec });
      }
      for (const mapping of this.space.mappings) {
        const copy = new Mapping({ ...mapping, process: child, locked: false });
        for (const [page, frame] of mapping.copies) {
          this.host.memory.get(frame).mapped++;
          copy.copies.set(page, frame);
        }
        child.space.insert(copy);
      }
      child.space.next = this.space.next;
      return child;
    });
  }

  /** Ends the process: descriptors are closed, mappings removed. */
  exit(): 0 {
    return this.#step('exit', [], () => {
      for (const { file } of this.files.values()) {
        this.host.touch(file.inode);
        this.host.release(file);
      }
      this.files.clear();
      this.space.remove(0, Number.MAX_SAFE_INTEGER);
      const index = this.host.processes.indexOf(this);
      if (index >= 0) this.host.processes.splice(index, 1);
      return 0 as const;
    });
  }

  /**
   * The process goes on as another program: its address space is gone, its descriptors stay, but for those with
   * close-on-exec. The program itself is not modelled.
   */
  execve(program: string): 0 {
    return this.#step('execve', [program], () => {
      for (const [fd, { file, cloexec }] of [...this.files]) {
        if (!cloexec) continue;
        this.files.delete(fd);
        this.host.release(file);
      }
      this.space.remove(0, Number.MAX_SAFE_INTEGER);
      return 0 as const;
    });
  }

  /** CLONE_NEWPID: later children live in a new PID namespace. Refused: EPERM, EINVAL (anything else is not modelled). */
  unshare(flags: number): 0 | Errno {
    return this.#step('unshare', [flags], () => {
      if (flags !== c.CLONE_NEWPID) return new Errno('EINVAL', 'The model knows CLONE_NEWPID only.');
      if (!this.privileged) return new Errno('EPERM', 'A new PID namespace needs CAP_SYS_ADMIN.');
      this.#childns = new PidNamespace(this.#childns);
      return 0 as const;
    });
  }

  /** Reads or writes vm.memfd_noexec of the process's PID namespace. Refused: EACCES, EINVAL. */
  sysctl(name: 'vm.memfd_noexec', value?: number): Result {
    return this.#step('sysctl', value === undefined ? [name] : [name, value], () => {
      memfdRead(this.host.kernel);
      if (value === undefined) return this.pidns.noexec;
      if (!this.privileged) return new Errno('EACCES', 'Only root may open this file of /proc/sys for writing.');
      return this.pidns.setNoexec(value, this.host.kernel.rules);
    });
  }

  /** Sets RLIMIT_MEMLOCK in bytes; other limits are not modelled (EINVAL). */
  setrlimit(resource: number, limit: WordIn): 0 | Errno {
    return this.#step('setrlimit', [resource, limit], () => {
      if (resource !== c.RLIMIT_MEMLOCK) return new Errno('EINVAL', 'The model knows RLIMIT_MEMLOCK only.');
      this.rlimit_memlock = unsigned(limit);
      return 0 as const;
    });
  }

  /** Changes the user. Refused: EPERM (only root may). */
  setuid(uid: number): 0 | Errno {
    return this.#step('setuid', [uid], () => {
      if (!this.privileged && uid !== this.uid) return new Errno('EPERM', 'Only root may change to another user.');
      this.uid = int(uid);
      return 0 as const;
    });
  }
}

/** Text that stands in a trace as it is. */
class Text {
  readonly text: string;
  constructor(text: string) {
    this.text = text;
  }
}

const sizeOf = (data: Source | Target): Text =>
  new Text(typeof data === 'string' ? show(data) : data instanceof UserBuffer ? data.show() : bytesText(data.length));

/** An address as C would pass it. */
const at = (address: Result): number => (address instanceof Errno ? -address.errno : address);
