/**
 * A machine that runs one named kernel: physical memory, processes, files, and the trace of everything they did.
 */
import { Errno, failed, Oops, type Result } from '../errno.ts';
import { type Frame, PhysicalMemory } from '../machine/memory.ts';
import type { GraphPicture } from '../picture.ts';
import { show } from '../show.ts';
import { Trace } from '../trace.ts';
import { GiB, PAGE } from '../units.ts';
import { Inode, type InodeData } from './inode.ts';
import type { Kernel } from './kernel.ts';
import { OpenFile } from './openfile.ts';
import { ownership } from './ownership.ts';
import { type Drawing, picture } from './picture.ts';
import { PidNamespace } from './pidns.ts';
import { Process, type ProcessOptions } from './process.ts';

export interface HostOptions {
  /** Physical memory in bytes; 4 GiB by default. */
  readonly memory?: number;
  /** VM types that the machine offers KVM (KVM_X86_…_VM); default VMs and software-protected ones by default. */
  readonly vm_types?: readonly number[];
}

export class Host {
  readonly kernel: Kernel;
  readonly memory: PhysicalMemory;
  readonly vm_types: readonly number[];
  readonly trace = new Trace();
  readonly processes: Process[] = [];
  readonly pidns = new PidNamespace();
  /** Locked memory charged per user, in pages (memfd_secret where it is charged at first touch). */
  readonly lockedByUser = new Map<number, number>();
  /** Other parts of the kernel that draw themselves into `picture`. */
  readonly drawings: Drawing[] = [];
  /** Hardware that may refuse a store of the kernel to a page: an oops, or undefined. */
  guard: ((frame: Frame) => Oops | undefined) | undefined;
  /** The process whose call is running, for checks that depend on who asks. */
  current: Process | undefined;
  /** Open files that anything refers to: descriptors, mappings, other parts of the kernel. */
  readonly #files = new Set<OpenFile>();
  #ino = 0;
  #open = 0;
  #pid = 0;
  #touched = new Set<Inode>();
  #changed: string[] = [];
  #depth = 0;

  constructor(kernel: Kernel, options: HostOptions = {}) {
    if (typeof kernel !== 'object') throw new TypeError('a host is made for a kernel: new Host(linux("6.18.44"))');
    this.kernel = kernel;
    this.vm_types = options.vm_types ?? [0, 1];
    this.memory = new PhysicalMemory(Math.floor((options.memory ?? 4 * GiB) / PAGE));
  }

  /** Starts a process. It is root unless `uid` says otherwise. */
  process(name: string, options: ProcessOptions = {}, parent?: Process): Process {
    const process = new Process(this, name, ++this.#pid, options, parent);
    this.processes.push(process);
    return process;
  }

  /** Reads a sysctl of the initial namespaces, or writes it. Only vm.memfd_noexec is modelled. */
  sysctl(name: 'vm.memfd_noexec', value?: number): Result {
    const args = value === undefined ? [name] : [name, String(value)];
    return this.step('host', 'sysctl', args, () => {
      return value === undefined ? this.pidns.noexec : this.pidns.setNoexec(value, this.kernel.rules);
    });
  }

  /**
   * The kernel reads one byte of a physical page through its own direct map. Where the page was taken out of the direct
   * map (memfd_secret), the access faults inside the kernel: an oops.
   */
  kernel_read(pfn: Result, offset = 0): number | Oops | Errno {
    return this.step('kernel', 'kernel_read', [show(pfn), String(offset)], () => {
      const frame = this.#frame(pfn);
      return frame instanceof Errno || frame instanceof Oops ? frame : frame.byte(offset);
    });
  }

  /** The kernel writes one byte of a physical page through its own direct map. */
  kernel_write(pfn: Result, offset: number, byte: number): 0 | Oops | Errno {
    return this.step('kernel', 'kernel_write', [show(pfn), String(offset), show(byte)], () => {
      const frame = this.#frame(pfn);
      if (frame instanceof Errno || frame instanceof Oops) return frame;
      const refused = this.guard?.(frame);
      if (refused !== undefined) return refused;
      frame.write(offset, Uint8Array.of(byte));
      return 0 as const;
    });
  }

  #frame(pfn: Result): Frame | Oops | Errno {
    if (failed(pfn))
      return new Errno('EFAULT', 'There is no page frame: the call that should have named it was refused.');
    const frame = this.memory.frame(pfn);
    if (frame === undefined) return new Errno('EFAULT', 'The machine has not handed out a page frame of this number.');
    if (frame.inDirectMap) return frame;
    return new Oops(`Page frame ${show(pfn)} is not in the kernel's direct map; the kernel's own access faults.`);
  }

  /** Descriptors, open files, inodes and pages as they are now. */
  picture(title: string): GraphPicture {
    return picture(this, title);
  }

  /** A new file without a name. */
  makeInode(data: Omit<InodeData, 'ino'>): Inode {
    return new Inode(this.memory, { ino: ++this.#ino, ...data });
  }

  makeOpenFile(inode: Inode, flags: number): OpenFile {
    const file = new OpenFile(++this.#open, inode, flags);
    this.#files.add(file);
    return file;
  }

  /** A descriptor, a mapping or another part of the kernel lets go of an open file; the file's last one frees its pages. */
  release(file: OpenFile): void {
    file.refs--;
    if (file.refs > 0) return;
    const inode = file.inode;
    this.#files.delete(file);
    file.released?.();
    for (const other of this.#files) if (other.inode === inode && other.refs > 0) return;
    for (const index of [...inode.pages.keys()]) inode.drop(index);
    const charged = inode.state.get('secretmem charge') as [uid: number, pages: number] | undefined;
    if (charged !== undefined) {
      this.lockedByUser.set(charged[0], (this.lockedByUser.get(charged[0]) ?? 0) - charged[1]);
    }
  }

  /** Every open file that a descriptor or a mapping refers to. */
  openFiles(): Set<OpenFile> {
    const found = new Set<OpenFile>();
    for (const process of this.processes) {
      for (const descriptor of process.files.values()) found.add(descriptor.file);
      for (const mapping of process.space.mappings) if (mapping.file !== undefined) found.add(mapping.file);
    }
    return found;
  }

  /** Marks a file as touched by the present step: the trace shows who owns its pages afterwards. A VM's file has none. */
  touch(inode: Inode): void {
    if (inode.kind !== 'kvm') this.#touched.add(inode);
  }

  /** Notes what the present step changed, one clause. */
  note(clause: string): void {
    this.#changed.push(clause);
  }

  /** Runs one step and records it. A step inside a step is part of it. */
  step<T>(actor: string, op: string, args: readonly string[], body: () => T): T {
    if (this.#depth > 0) return body();
    this.#touched = new Set();
    this.#changed = [];
    this.#depth++;
    let value: T;
    try {
      value = body();
    } finally {
      this.#depth--;
    }
    const why = reason(value);
    this.trace.record({
      actor,
      op,
      args,
      result: show(value),
      ...(why === undefined ? {} : { why }),
      changed: this.#changed,
      owners: [...this.#touched].map((inode) => ownership(inode, this.kernel.extension)),
    });
    return value;
  }
}

/** The sentence that a refusal, a signal, a fault or an exit carries. */
function reason(value: unknown): string | undefined {
  const why = typeof value === 'object' && value !== null ? (value as { why?: unknown }).why : undefined;
  return typeof why === 'string' ? why : undefined;
}
