/**
 * Devices as users of guest memory: what Jason Gunthorpe asks the interface to serve
 * (20211119151943.GH876299@ziepe.ca, 20211119160023.GI876299@ziepe.ca). Nothing of this was posted as code; the two ways to
 * connect a device, by user address and by file, stand side by side here.
 *
 * Left out: groups, pinning limits, trusted devices, what a secure monitor would ask before a device joins.
 */
import { Errno, Signal } from '../../errno.ts';
import { slabAllocate } from '../../kvm/slab.ts';
import { access } from '../../linux/fault.ts';
import type { Host } from '../../linux/host.ts';
import { IommuDomain, type IommuFault } from '../../linux/iommu.ts';
import type { Process } from '../../linux/process.ts';
import { show } from '../../show.ts';
import { PAGE } from '../../units.ts';
import { type GuestOps, memfd_register_guest } from './owner.ts';

/** A VFIO container with one device behind an IOMMU. */
export class Vfio {
  readonly host: Host;
  readonly name: string;
  readonly address: number;
  readonly #process: Process;
  readonly #domain = new IommuDomain();

  constructor(process: Process, name: string) {
    this.host = process.host;
    this.#process = process;
    this.name = name;
    this.address = slabAllocate(this.host);
  }

  /**
   * Connects pages of a file: registers as a user of the file, takes each page (allocating it if need be) and enters it into
   * the IOMMU. `iova`, `offset` and `size` in bytes, page-aligned. Errors: what memfd_register_guest answers.
   */
  map_file(iova: number, fd: number | Errno, offset: number, size: number): 0 | Errno {
    return this.#step('map_file', [`0x${iova.toString(16)}`, show(fd), show(offset), show(size)], () => {
      const file = this.#process.file(fd);
      const ops = memfd_register_guest(this.host, file, this, this.#ops(iova / PAGE - offset / PAGE));
      if (ops instanceof Errno) return ops;
      if (file instanceof Errno) return file;
      for (let at = 0; at < size; at += PAGE) {
        const index = (offset + at) / PAGE;
        const pfn = ops.get_lock_pfn(file.inode, index, true);
        if (pfn instanceof Errno) return pfn;
        const frame = this.host.memory.frame(pfn);
        if (frame !== undefined) this.#domain.map((iova + at) / PAGE, frame);
        ops.put_unlock_pfn(file.inode, index);
      }
      return 0;
    });
  }

  #ops(shift: number): GuestOps {
    return {
      invalidate_page_range: (_inode, _owner, start, end) => {
        this.#domain.unmap(start + shift, end + 1 + shift);
      },
      fallocate: () => {},
    };
  }

  /** The device reads one byte. */
  dma_read(iova: number): number | IommuFault {
    return this.#step('dma_read', [`0x${iova.toString(16)}`], () => this.#domain.read(iova));
  }

  /** The device writes one byte. */
  dma_write(iova: number, byte: number): 0 | IommuFault {
    return this.#step('dma_write', [`0x${iova.toString(16)}`, show(byte)], () => this.#domain.write(iova, byte));
  }

  #step<T>(op: string, args: readonly string[], body: () => T): T {
    return this.host.step(this.name, op, args, body);
  }

  show(): string {
    return `vfio ${this.name}`;
  }
}

/**
 * A mediated device: it has no IOMMU of its own and pins pages at the moment it needs them, by a user address of the
 * process that connected it.
 */
export class MediatedDevice {
  readonly #process: Process;
  readonly name: string;
  readonly #vaddr: number | Errno;

  constructor(process: Process, name: string, vaddr: number | Errno) {
    this.#process = process;
    this.name = name;
    this.#vaddr = vaddr;
  }

  /** Pins the page behind an I/O address for a moment and reads a byte: EFAULT when nothing is mapped there any more. */
  dma_read(iova: number): number | Errno {
    return this.#process.host.step(this.name, 'dma_read', [`0x${iova.toString(16)}`], () => {
      if (this.#vaddr instanceof Errno) return new Errno('EFAULT', 'The device was given no address.');
      const place = access(this.#process, this.#vaddr + iova, false);
      if (!(place instanceof Signal)) return place.frame.byte(place.offset);
      return new Errno('EFAULT', `The page cannot be pinned: ${place.why}`);
    });
  }
}

/** Opens a VFIO container for a process. */
export const vfio_open = (process: Process, name: string): Vfio => new Vfio(process, name);

/** Connects a mediated device by user address (VFIO_IOMMU_MAP_DMA). */
export const mdev_map = (process: Process, name: string, vaddr: number | Errno): MediatedDevice =>
  new MediatedDevice(process, name, vaddr);
