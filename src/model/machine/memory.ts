/**
 * Physical memory: page frames with real content, kept lazily, and the kernel's direct map over them.
 *
 * A frame's bytes exist only once something other than zero was written. Freed frames keep their content, as real memory
 * does; whoever allocates decides whether to clear. Frame numbers are handed out in order and reused last freed first, so
 * two runs see the same numbers. The machine has two NUMA nodes, and whoever does not ask gets the first: everything runs
 * there. Left out: how much memory each node has, zones, large pages, caches, everything below a page.
 */
import { PAGE } from '../units.ts';

/** What stands between the processor and the memory chips of a frame: caches and encryption (encryption.ts). Units: bytes. */
export interface MemoryView {
  read(offset: number, length: number): Uint8Array;
  write(offset: number, data: Uint8Array): void;
}

/** One 4 KiB page frame. */
export class Frame {
  /** Page frame number. */
  readonly pfn: number;
  /** The NUMA node that the frame belongs to. */
  readonly node: number;
  /** References held: page cache, private copies, pins and other in-kernel users. The frame is free at 0. */
  refs = 0;
  /** Private mappings that show this frame as their own page; above 1 after a fork. */
  mapped = 0;
  /** False once the page was taken out of the kernel's direct map. */
  inDirectMap = true;
  /** Set where an access without a key has to go through caches; undefined everywhere else. */
  view: MemoryView | undefined;
  #bytes: Uint8Array | undefined;

  constructor(pfn: number, node = 0) {
    this.pfn = pfn;
    this.node = node;
  }

  /** The bytes from `offset`, a copy. Units: bytes within the page. */
  read(offset: number, length: number): Uint8Array {
    return this.view?.read(offset, length) ?? this.readChips(offset, length);
  }

  /** What the memory chips hold, past every cache. */
  readChips(offset: number, length: number): Uint8Array {
    return this.#bytes?.slice(offset, offset + length) ?? new Uint8Array(length);
  }

  /** One byte. */
  byte(offset: number): number {
    return this.view?.read(offset, 1)[0] ?? this.#bytes?.[offset] ?? 0;
  }

  write(offset: number, data: Uint8Array): void {
    if (this.view === undefined) this.writeChips(offset, data);
    else this.view.write(offset, data);
  }

  /** Changes what the memory chips hold, past every cache. */
  writeChips(offset: number, data: Uint8Array): void {
    if (this.#bytes === undefined) {
      if (data.every((byte) => byte === 0)) return;
      this.#bytes = new Uint8Array(PAGE);
    }
    this.#bytes.set(data, offset);
  }

  /** Zeroes `length` bytes from `offset`; the whole page by default. */
  clear(offset = 0, length = PAGE - offset): void {
    if (this.view !== undefined) this.view.write(offset, new Uint8Array(length));
    else if (offset === 0 && length === PAGE) this.#bytes = undefined;
    else this.#bytes?.fill(0, offset, offset + length);
  }

  /** Takes over the content of another frame. */
  copyFrom(other: Frame): void {
    if (this.view === undefined && other.view === undefined) this.#bytes = other.#bytes?.slice();
    else this.write(0, other.read(0, PAGE));
  }
}

/** NUMA nodes of the machine. */
export const NODES = 2;

/** The frames of one machine. */
export class PhysicalMemory {
  /** How many frames the machine has. */
  readonly total: number;
  /** By page frame number, from FIRST_PFN on. */
  readonly #frames: Frame[] = [];
  readonly #free: Frame[] = [];

  constructor(total: number) {
    this.total = total;
  }

  /** Frames in use. */
  get used(): number {
    return this.#frames.length - this.#free.length;
  }

  /** True when `count` more frames can be had. */
  has(count: number): boolean {
    return this.used + count <= this.total;
  }

  /** A frame of this node with one reference, its old content still in it; undefined when memory is exhausted. */
  allocate(node = 0): Frame | undefined {
    if (!this.has(1)) return undefined;
    const last = this.#free.findLastIndex((frame) => frame.node === node);
    const frame = last < 0 ? this.#fresh(node) : (this.#free.splice(last, 1)[0] as Frame);
    frame.refs = 1;
    return frame;
  }

  #fresh(node: number): Frame {
    const frame = new Frame(FIRST_PFN + this.#frames.length, node);
    this.#frames.push(frame);
    return frame;
  }

  get(frame: Frame): Frame {
    frame.refs++;
    return frame;
  }

  /** Drops one reference; the last one frees the frame. */
  put(frame: Frame): void {
    if (frame.refs <= 0) throw new Error(`page frame ${frame.pfn} freed twice`);
    frame.refs--;
    if (frame.refs === 0) this.#free.push(frame);
  }

  /** The frame with this number, if it was ever handed out. */
  frame(pfn: number): Frame | undefined {
    return this.#frames[pfn - FIRST_PFN];
  }
}

const FIRST_PFN = 0x1000;
