/**
 * Guest memory as poisoned pages: RFC v2 of 2021-04-16 by Kirill Shutemov, patch 13
 * (20210416154106.23721-14-kirill.shutemov@linux.intel.com). Never merged.
 *
 * The VMM maps the memory as ever. Once the guest has asked for protection, each page that it touches is marked as hardware
 * poison and taken out of the VMM's page tables: a touch of it is SIGBUS, get_user_pages fails. The guest names what it wants
 * to share.
 *
 * Left out: anonymous memory (pages of a memfd only), huge pages (missing in the posting as well), KVM's own walks. Which error
 * a read of such a page through the file gives was open in the posting (EIO or EHWPOISON); the model says EIO.
 */
import { Errno, Signal } from '../errno.ts';
import { gpaText } from '../kvm/exit.ts';
import { type FaultResult, type MemoryRegion, Vm } from '../kvm/vm.ts';
import { access } from '../linux/fault.ts';
import type { Inode } from '../linux/inode.ts';
import type { Extension, Kernel, Use } from '../linux/kernel.ts';
import type { Process } from '../linux/process.ts';
import { pageOf } from '../linux/words.ts';
import type { Frame } from '../machine/memory.ts';
import { show } from '../show.ts';
import { PAGE } from '../units.ts';
import { BASE } from './f-seal-guest/kernels.ts';

/** Most ranges that a guest can share (KVM_NR_SHARED_RANGES). */
export const KVM_NR_SHARED_RANGES = 32;

/** Which VM poisoned a page (kvm_pfn_map): the VM itself stands for its sequence number. */
const owners = new WeakMap<Frame, ProtectedVm>();

/** True while a page is marked as poison for a guest. */
export const isPoisoned = (frame: Frame): boolean => owners.has(frame);

function check(inode: Inode, use: Use): Errno | undefined {
  if (use.op !== 'fault' && use.op !== 'read' && use.op !== 'write') return undefined;
  const frame = inode.page(use.op === 'fault' ? use.page : pageOf(use.offset))?.frame;
  if (frame === undefined || !isPoisoned(frame)) return undefined;
  return new Errno('EIO', 'The page is private to a guest: it is marked as hardware poison.');
}

const extension: Extension = {
  name: 'poisoned pages',
  check,
  // A page that is freed loses its mark (kvm_unpoison_page).
  invalidate: (inode, first, end) => {
    for (const index of inode.cached(first, end)) {
      const frame = inode.page(index)?.frame;
      if (frame !== undefined) owners.delete(frame);
    }
  },
  owner: (_inode, _page, frame) => (isPoisoned(frame) ? 'P' : undefined),
};

/** RFC v2 of 2021-04-16. */
export const poisonV2: Kernel = {
  name: 'poisoned pages, RFC v2 of 2021-04-16',
  version: 'RFC v2',
  evidence: 'posting',
  source: '20210416154106.23721-1-kirill.shutemov@linux.intel.com, patch 13',
  rules: BASE,
  extension,
};

interface Range {
  readonly start: number;
  readonly end: number;
}

/** Where a slot's memory lies in the VMM. */
interface Place {
  readonly first: number;
  readonly pages: number;
  readonly address: number;
}

/** A VM whose guest may ask for protection. */
export class ProtectedVm extends Vm {
  #protected = false;
  #shared: readonly Range[] = [];
  readonly #places = new Map<number, Place>();

  /** A slot of ordinary memory, as in any other kernel; KVM looks at poison when the guest touches it. */
  override kvm_set_user_memory_region(region: MemoryRegion): 0 | Errno {
    const { userspace_addr: address } = region;
    return this.step('kvm_set_user_memory_region', [`slot ${region.slot} at ${show(address)}`], () => {
      if (address instanceof Errno) return new Errno('EINVAL', 'The address is the result of a refused call.');
      return this.install(region, [address], (first, pages) => {
        this.#places.set(region.slot, { first, pages, address });
        return {
          id: region.slot,
          first,
          pages,
          flags: region.flags ?? 0,
          fault: (gfn, write) => this.#fault(gfn, address + (gfn - first) * PAGE, write),
          release: () => this.#places.delete(region.slot),
        };
      });
    });
  }

  /** hva_to_pfn_slow: poisoned pages of this VM may be used, others not. Then kvm_protect_pfn marks the page. */
  #fault(gfn: number, address: number, write: boolean): FaultResult {
    const marked = this.#look(address);
    const owner = marked === undefined ? undefined : owners.get(marked);
    if (marked !== undefined && owner !== undefined) {
      if (owner === this) return marked;
      return new Errno(this.#protected ? 'EHWPOISON' : 'EFAULT', `The page is private to the guest of ${owner.name}.`);
    }
    const found = access(this.process, address, write);
    if (found instanceof Signal) return new Errno('EFAULT', found.why);
    if (this.#protected && !this.#isShared(gfn)) {
      owners.set(found.frame, this);
      this.host.note(`page at guest ${gpaText(gfn * PAGE)} marked as poison and taken from the VMM`);
    }
    return found.frame;
  }

  /** The page behind an address, without a fault. */
  #look(address: number): Frame | undefined {
    const mapping = this.process.space.at(address);
    if (mapping?.file === undefined) return undefined;
    this.host.touch(mapping.file.inode);
    return mapping.file.inode.page(mapping.pageOf(address))?.frame;
  }

  /** Hypercall KVM_HC_ENABLE_MEM_PROTECTED: from now on every page that the guest touches becomes private. */
  kvm_hc_enable_mem_protected(): 0 {
    return this.step('guest_hypercall', ['KVM_HC_ENABLE_MEM_PROTECTED'], () => {
      this.#protected = true;
      return 0;
    });
  }

  /** Hypercall KVM_HC_MEM_SHARE: pages that the host may touch again. Counted in pages. */
  kvm_hc_mem_share(gfn: number, npages: number): 0 {
    return this.step('guest_hypercall', ['KVM_HC_MEM_SHARE', String(gfn), String(npages)], () => {
      this.#shared = merged([...this.#shared, { start: gfn, end: gfn + npages }]);
      for (const { first, pages, address } of this.#places.values()) {
        for (let page = Math.max(gfn, first); page < Math.min(gfn + npages, first + pages); page++) {
          const frame = this.#look(address + (page - first) * PAGE);
          if (frame !== undefined && owners.get(frame) === this) owners.delete(frame);
        }
      }
      return 0;
    });
  }

  #isShared(gfn: number): boolean {
    return this.#shared.some(({ start, end }) => gfn >= start && gfn < end);
  }
}

/** Ranges that touch become one (add_range_with_merge); more than 32 do not fit, and the rest stays private. */
function merged(ranges: readonly Range[]): Range[] {
  const found: Range[] = [];
  for (const range of [...ranges].sort((a, b) => a.start - b.start)) {
    const last = found.at(-1);
    if (last === undefined || range.start > last.end) found.push(range);
    else found[found.length - 1] = { start: last.start, end: Math.max(last.end, range.end) };
  }
  return found.slice(0, KVM_NR_SHARED_RANGES);
}

/** ioctl KVM_CREATE_VM on a kernel with this RFC. */
export const kvm_create_vm = (process: Process, name: string): ProtectedVm =>
  process.host.step(process.name, 'kvm_create_vm', [name], () => new ProtectedVm(process, name));
