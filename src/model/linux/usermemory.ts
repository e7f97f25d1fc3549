/**
 * The buffers of system calls. A snippet hands in bytes (a Uint8Array or a string), which stand for ordinary memory of the
 * process, or a `UserBuffer`: a range of the process's own mappings, from and to which the kernel copies through the page
 * tables (copy_from_user, copy_to_user), with all faults that this brings.
 */
import { Errno, Signal } from '../errno.ts';
import { PAGE } from '../units.ts';
import { utf8 } from '../utf8.ts';
import { access } from './fault.ts';
import type { Process } from './process.ts';

/** A range of a process's address space: what `process.buffer(address, length)` makes. */
export class UserBuffer {
  readonly process: Process;
  readonly address: number;
  /** Bytes. */
  readonly length: number;

  constructor(process: Process, address: number | Errno, length: number) {
    this.process = process;
    this.address = address instanceof Errno ? -address.errno : address;
    this.length = length;
  }

  show(): string {
    return `${this.length} bytes at 0x${this.address.toString(16)}`;
  }
}

/** What a write takes its bytes from. */
export type Source = Uint8Array | string | UserBuffer;
/** What a read puts its bytes into. */
export type Target = Uint8Array | UserBuffer;

/** Bytes with a length, copied piece by piece. */
export interface Bytes {
  readonly length: number;
  /** How many of the `count` bytes from `at` can be read; pages are faulted in on the way. */
  readable(at: number, count: number): number;
  /** A copy; `at` and `count` must be readable. */
  copy(at: number, count: number): Uint8Array;
}

export function bytesOf(source: Source): Bytes {
  if (source instanceof UserBuffer) return userBytes(source);
  const data = typeof source === 'string' ? utf8(source) : source;
  return {
    length: data.length,
    readable: (_at, count) => count,
    copy: (at, count) => data.slice(at, at + count),
  };
}

function userBytes(buffer: UserBuffer): Bytes {
  return {
    length: buffer.length,
    readable: (at, count) => accessible(buffer, at, count, false),
    copy: (at, count) => {
      const out = new Uint8Array(count);
      pieces(buffer.address + at, count, (address, done, size) => {
        const place = access(buffer.process, address, false);
        if (!(place instanceof Signal)) out.set(place.frame.read(place.offset, size), done);
        return true;
      });
      return out;
    },
  };
}

/** Puts bytes into a target; returns how many could be stored. */
export function deliver(target: Target, at: number, data: Uint8Array): number {
  if (target instanceof Uint8Array) {
    target.set(data, at);
    return data.length;
  }
  return pieces(target.address + at, data.length, (address, done, size) => {
    const place = access(target.process, address, true);
    if (place instanceof Signal) return false;
    place.frame.write(place.offset, data.subarray(done, done + size));
    return true;
  });
}

function accessible(buffer: UserBuffer, at: number, count: number, write: boolean): number {
  return pieces(buffer.address + at, count, (address) => !(access(buffer.process, address, write) instanceof Signal));
}

/** Walks a range page by page until `visit` says no; returns the bytes before that. */
function pieces(
  address: number,
  count: number,
  visit: (address: number, done: number, size: number) => boolean,
): number {
  let done = 0;
  while (done < count) {
    const at = address + done;
    const inPage = ((at % PAGE) + PAGE) % PAGE;
    const size = Math.min(PAGE - inPage, count - done);
    if (!visit(at, done, size)) break;
    done += size;
  }
  return done;
}
