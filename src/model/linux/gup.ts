/**
 * get_user_pages: the kernel looks up the pages behind user addresses and takes references, without copying through the
 * processor's page tables. It refuses secret memory.
 * Source: mm/gup.c (check_vma_flags), fs/splice.c (vmsplice), mm/process_vm_access.c, Linux 6.18; recordings
 * write-seal-pinned-pages, secret-hidden-from-gup. Left out: the fast path, which on a mapping with PROT_WRITE alone succeeds
 * for a page that is already in the page table; the model answers EFAULT there. The pipe of a vmsplice has 16 slots and is
 * never read.
 */
import { Errno, Signal } from '../errno.ts';
import type { Frame } from '../machine/memory.ts';
import { PAGE } from '../units.ts';
import { PROT_READ } from './constants.ts';
import { resolve } from './fault.ts';
import type { Host } from './host.ts';
import type { Mapping } from './mapping.ts';
import type { Process } from './process.ts';
import { bytesText } from './words.ts';

const PIPE_SLOTS = 16;

/** Whether get_user_pages may look at this mapping at all, for reading. */
export function lookable(mapping: Mapping | undefined): mapping is Mapping {
  return mapping !== undefined && mapping.file?.inode.noDirectMap !== true && (mapping.prot & PROT_READ) !== 0;
}

/** The page behind an address, for reading; undefined where get_user_pages fails (EFAULT). */
export function userPage(process: Process, address: number): Frame | undefined {
  const mapping = process.space.at(address);
  if (!lookable(mapping)) return undefined;
  const frame = resolve(mapping, address, false);
  return frame instanceof Signal ? undefined : frame;
}

const refused = (): Errno =>
  new Errno(
    'EFAULT',
    'get_user_pages finds no page there that the kernel may look at (unmapped, unreadable or secret).',
  );

/** References on pages, held by a pipe. */
export class Pin {
  /** Bytes spliced. */
  readonly bytes: number;
  readonly #frames: Frame[];
  readonly #host: Host;
  readonly #actor: string;

  constructor(host: Host, actor: string, frames: Frame[], bytes: number) {
    this.#host = host;
    this.#actor = actor;
    this.#frames = frames;
    this.bytes = bytes;
  }

  /** Drops the references (the pipe is closed). */
  release(): 0 {
    return this.#host.step(this.#actor, 'release', [this.show()], () => {
      for (const frame of this.#frames.splice(0)) this.#host.memory.put(frame);
      return 0 as const;
    });
  }

  show(): string {
    return `pin of ${bytesText(this.bytes)}`;
  }
}

/** vmsplice of one range into a fresh pipe: the pages stay referenced until the pin is released. */
export function vmsplice(process: Process, address: number, length: number): Pin | Errno {
  const frames: Frame[] = [];
  let bytes = 0;
  while (bytes < length && frames.length < PIPE_SLOTS) {
    const at = address + bytes;
    const frame = userPage(process, at);
    if (frame === undefined) break;
    frames.push(process.host.memory.get(frame));
    bytes += Math.min(PAGE - (at % PAGE), length - bytes);
  }
  if (bytes === 0 && length > 0) return refused();
  // The next round of pages is looked up before the full pipe is noticed; only its side effect, the faults, stays.
  for (let ahead = 0; bytes < length && frames.length === PIPE_SLOTS && ahead < PIPE_SLOTS; ahead++) {
    const at = Math.floor((address + bytes) / PAGE + ahead) * PAGE;
    if (at >= address + length || userPage(process, at) === undefined) break;
  }
  const file = process.space.at(address)?.file;
  if (file !== undefined) process.host.touch(file.inode);
  return new Pin(process.host, process.name, frames, bytes);
}

/** process_vm_readv of one range: bytes read, or EFAULT. Stops at the first page that cannot be looked at. */
export function readRemote(target: Process, address: number, buffer: Uint8Array): number | Errno {
  let done = 0;
  while (done < buffer.length) {
    const at = address + done;
    const frame = userPage(target, at);
    if (frame === undefined) break;
    const size = Math.min(PAGE - (at % PAGE), buffer.length - done);
    buffer.set(frame.read(at % PAGE, size), done);
    done += size;
  }
  return done === 0 && buffer.length > 0 ? refused() : done;
}
