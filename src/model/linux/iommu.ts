/**
 * An IOMMU domain: what a device may reach, as a table from I/O virtual pages to page frames.
 *
 * Left out: levels, large pages, permissions other than present, several devices in one domain, and the time that an
 * invalidation takes (a removed entry stops the device at once). The domain holds no reference to a frame; whoever maps
 * decides whether it pins the page or asks to be told before the page goes.
 */
import type { Frame } from '../machine/memory.ts';
import type { Showable } from '../show.ts';
import { PAGE } from '../units.ts';

/** A device's access that found no entry: the IOMMU refuses it and reports the address. */
export class IommuFault implements Showable {
  readonly iova: number;
  readonly why: string;

  constructor(iova: number) {
    this.iova = iova;
    this.why = `The domain has no entry for I/O address 0x${iova.toString(16)}; the IOMMU refuses the access.`;
    Object.freeze(this);
  }

  show(): string {
    return `IOMMU fault at 0x${this.iova.toString(16)}`;
  }
}

export class IommuDomain {
  readonly #entries = new Map<number, Frame>();

  /** Maps one page. `page` is a page number of the I/O address space. */
  map(page: number, frame: Frame): void {
    this.#entries.set(page, frame);
  }

  /** Removes the entries of `[first, end)`; how many there were. */
  unmap(first: number, end: number): number {
    let gone = 0;
    for (const page of [...this.#entries.keys()]) {
      if (page < first || page >= end) continue;
      this.#entries.delete(page);
      gone++;
    }
    return gone;
  }

  /** The device reads one byte. `iova` in bytes. */
  read(iova: number): number | IommuFault {
    const frame = this.#entries.get(Math.floor(iova / PAGE));
    return frame === undefined ? new IommuFault(iova) : frame.byte(iova % PAGE);
  }

  /** The device writes one byte. */
  write(iova: number, byte: number): 0 | IommuFault {
    const frame = this.#entries.get(Math.floor(iova / PAGE));
    if (frame === undefined) return new IommuFault(iova);
    frame.write(iova % PAGE, Uint8Array.of(byte));
    return 0;
  }
}
