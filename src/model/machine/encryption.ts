/**
 * Encrypted memory behind caches: key slots by ASID, and cache lines that know with which of them they were filled.
 *
 * A line is tagged with its address and an ASID; 0 stands for an access without a key, as the host makes it. The chips hold
 * ciphertext, the lines plaintext. On a machine without coherence two lines of one address can exist, each with content of its
 * own, and whichever is written back last is what the chips hold. With coherence an access first writes back and drops every other line of
 * its address.
 *
 * Source: AMD64 Architecture Programmer's Manual, volume 2, sections 15.34.7 and 15.34.9, and CPUID Fn8000_001F EAX[2] and EAX[10],
 * known through the notes in freelancer-leon/notes at 8b9683c2143591eb98aaca8743ab3131fb94c1d3; sev_flush_encrypted_page in Linux
 * 6.16.1. The tags and the order of writing back are an inference from those. Left out: levels and sizes of caches (a line stays until it is
 * flushed), prefetching, several processors, the host's own key (SME). An ASID whose slot is empty decrypts to noise.
 */
import { PAGE } from '../units.ts';
import { MemoryKey } from './cipher.ts';
import type { Frame } from './memory.ts';

/** Bytes of a cache line. */
export const LINE = 64;
/** The tag of an access without a key. */
export const NO_KEY = 0;

interface Line {
  readonly frame: Frame;
  /** First byte of the line within its page. */
  readonly offset: number;
  readonly asid: number;
  /** The key that the line was filled with. */
  readonly key: MemoryKey | undefined;
  readonly bytes: Uint8Array;
  dirty: boolean;
}

const tag = (frame: Frame, offset: number, asid: number): string => `${frame.pfn} ${offset} ${asid}`;

export class EncryptedMemory {
  /** CPUID Fn8000_001F EAX[10]: the hardware keeps views with different keys coherent. */
  readonly coherent: boolean;
  readonly #slots = new Map<number, MemoryKey>();
  /** In the order in which they became dirty, or were filled. */
  readonly #lines = new Map<string, Line>();

  constructor(coherent: boolean) {
    this.coherent = coherent;
  }

  /** Installs a key in the slot of an ASID, or empties the slot. */
  setKey(asid: number, key: MemoryKey | undefined): void {
    if (key === undefined) this.#slots.delete(asid);
    else this.#slots.set(asid, key);
  }

  hasKey(asid: number): boolean {
    return this.#slots.has(asid);
  }

  /** From now on the host's accesses to this frame go through the caches too. */
  track(frame: Frame): void {
    frame.view ??= {
      read: (offset, length) => this.read(frame, offset, length, NO_KEY),
      write: (offset, data) => this.write(frame, offset, data, NO_KEY),
    };
  }

  /** What an access with this ASID sees. Units: bytes within the page. */
  read(frame: Frame, offset: number, length: number, asid: number): Uint8Array {
    const out = new Uint8Array(length);
    pieces(offset, length, (start, done, inLine, size) => {
      out.set(this.#line(frame, start, asid).bytes.subarray(inLine, inLine + size), done);
    });
    return out;
  }

  write(frame: Frame, offset: number, data: Uint8Array, asid: number): void {
    pieces(offset, data.length, (start, done, inLine, size) => {
      const line = this.#line(frame, start, asid);
      line.bytes.set(data.subarray(done, done + size), inLine);
      if (line.dirty) return;
      line.dirty = true;
      const name = tag(frame, start, asid);
      this.#lines.delete(name);
      this.#lines.set(name, line);
    });
  }

  /** The line of this address and ASID, filled from the chips if it is not there. */
  #line(frame: Frame, offset: number, asid: number): Line {
    this.track(frame);
    if (this.coherent) this.#flush((other) => other.frame === frame && other.offset === offset && other.asid !== asid);
    const name = tag(frame, offset, asid);
    const found = this.#lines.get(name);
    if (found !== undefined) return found;
    const key = asid === NO_KEY ? undefined : (this.#slots.get(asid) ?? new MemoryKey(`of the empty slot ${asid}`));
    const chips = frame.readChips(offset, LINE);
    const bytes = key?.decrypt(frame.pfn * PAGE + offset, chips) ?? chips;
    const line: Line = { frame, offset, asid, key, bytes, dirty: false };
    this.#lines.set(name, line);
    return line;
  }

  /** CLFLUSH of a whole page through a mapping without a key: lines of other ASIDs stay, unless the machine is coherent. */
  clflush(frame: Frame): void {
    this.#flush((line) => line.frame === frame && (this.coherent || line.asid === NO_KEY));
  }

  /** MSR VM_PAGE_FLUSH (C001_011E): the lines of one page that one ASID has. */
  vmPageFlush(frame: Frame, asid: number): void {
    this.#flush((line) => line.frame === frame && line.asid === asid);
  }

  /** WBINVD on all processors: every line is written back, in the order of the first store to it, and dropped. */
  wbinvd(): void {
    this.#flush(() => true);
  }

  /** True where a line with stores that the chips do not have yet exists. */
  dirty(frame: Frame, asid: number): boolean {
    return [...this.#lines.values()].some((line) => line.frame === frame && line.asid === asid && line.dirty);
  }

  #flush(which: (line: Line) => boolean): void {
    for (const [name, line] of [...this.#lines]) {
      if (!which(line)) continue;
      this.#lines.delete(name);
      if (!line.dirty) continue;
      const { frame, offset, key, bytes } = line;
      frame.writeChips(offset, key?.encrypt(frame.pfn * PAGE + offset, bytes) ?? bytes);
    }
  }
}

/** Cuts a range of a page into the parts that lie in one line each. */
function pieces(
  offset: number,
  length: number,
  visit: (start: number, done: number, inLine: number, size: number) => void,
): void {
  let done = 0;
  while (done < length) {
    const at = offset + done;
    const inLine = at % LINE;
    const size = Math.min(LINE - inLine, length - done);
    visit(at - inLine, done, inLine, size);
    done += size;
  }
}
