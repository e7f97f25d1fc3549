/**
 * The process of a recording: names for descriptors, mappings and pins, as the recorder kept them. A name that is made again
 * leaves the older descriptor or mapping open, a range that was unmapped stays reserved, a child has copies of everything.
 */
import {
  CLONE_NEWPID,
  Errno,
  MAP_ANONYMOUS,
  MAP_FIXED,
  MAP_NORESERVE,
  MAP_PRIVATE,
  PAGE,
  type Pin,
  PROT_NONE,
  type Process,
  type Result,
} from '../model/index.ts';

/** A step names something that no earlier step made. */
export class NoHandle extends Error {
  override readonly name = 'NoHandle';
}

/** References held by a pipe whose ends several processes may have open. */
interface SharedPin {
  readonly pin: Pin;
  holders: number;
}

export interface NamedMap {
  readonly address: number;
  readonly length: number;
}

const RESERVED = MAP_PRIVATE | MAP_ANONYMOUS | MAP_NORESERVE;

export class Machine {
  readonly process: Process;
  readonly fds = new Map<string, number>();
  readonly maps = new Map<string, NamedMap>();
  readonly #pins = new Map<string, SharedPin>();

  constructor(process: Process) {
    this.process = process;
  }

  fd(name: unknown): number {
    if (typeof name === 'number') return name;
    const fd = this.fds.get(String(name));
    if (fd === undefined) throw new NoHandle(`no descriptor '${name}'`);
    return fd;
  }

  map(name: unknown): NamedMap {
    const map = this.maps.get(String(name));
    if (map === undefined) throw new NoHandle(`no mapping '${name}'`);
    return map;
  }

  /** Maps at an address that nothing else uses, one page above a reserved page; anywhere where no room can be reserved. */
  place(length: bigint, prot: number, flags: number, fd: Result, offset: bigint): Result {
    const { process } = this;
    if (BigInt.asIntN(64, length) <= 0n) return process.mmap(0, length, prot, flags, fd, offset);
    const rounded = ((length + BigInt(PAGE) - 1n) / BigInt(PAGE)) * BigInt(PAGE);
    const reserved = process.mmap(0, rounded + BigInt(2 * PAGE), PROT_NONE, RESERVED, -1, 0);
    if (reserved instanceof Errno) return process.mmap(0, length, prot, flags, fd, offset);
    return process.mmap(reserved + PAGE, length, prot, flags | MAP_FIXED, fd, offset);
  }

  /** Keeps a range that was unmapped out of use. */
  reserve(address: number, length: bigint): void {
    const rounded = ((length + BigInt(PAGE) - 1n) / BigInt(PAGE)) * BigInt(PAGE);
    this.process.mmap(address, rounded, PROT_NONE, RESERVED | MAP_FIXED, -1, 0);
  }

  keepPin(name: string, pin: Pin): void {
    this.#pins.set(name, { pin, holders: 1 });
  }

  unpin(name: string): 0 {
    const shared = this.#pins.get(name);
    if (shared === undefined) throw new NoHandle(`no pin '${name}'`);
    this.#pins.delete(name);
    shared.holders--;
    if (shared.holders === 0) shared.pin.release();
    return 0;
  }

  /** A child process with the same names. */
  fork(newPidNamespace: boolean): Machine {
    let child = this.process.fork();
    if (newPidNamespace) {
      child.unshare(CLONE_NEWPID);
      child = child.fork();
    }
    const machine = new Machine(child);
    for (const [name, fd] of this.fds) machine.fds.set(name, fd);
    for (const [name, map] of this.maps) machine.maps.set(name, map);
    for (const [name, shared] of this.#pins) {
      shared.holders++;
      machine.#pins.set(name, shared);
    }
    return machine;
  }

  /** The child ends; so does the process between it and its parent, if there was one. */
  exit(parent: Process): void {
    for (const name of [...this.#pins.keys()]) this.unpin(name);
    this.process.exit();
    for (const process of [...this.process.host.processes])
      if (process !== parent && process.parent === parent) process.exit();
  }
}
